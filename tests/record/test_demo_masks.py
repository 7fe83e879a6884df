"""Secrets and what differs from run to run: found in the text as it is read, whatever the terminal makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.record import masks
from canarylab.record.script import Mask

KEY = (Mask("key-[a-z]+", "***", secret=True),)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("a key-abc b", "a *** b"),
        ("\x1b[1;31mkey\x1b[m\x1b[K-abc\r\n", "\x1b[1;31m***\r\n"),
        ("key-ab \rc", "***"),
        ("no", "no"),
    ],
)
def test_what_a_mask_finds_is_replaced_through_control_sequences(text: str, masked: str) -> None:
    assert masks.apply(text, KEY).text == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("podinfo-primary-6c8d5bf5b9-x7k2p   1/1", "podinfo-primary-0000000000-00000   1/1"),
        ("podinfo   1/1   Running   0   5m12s\r\n", "podinfo   1/1   Running   0   1s\r\n"),
        ("2 (4s ago)   9s", "2 (1s ago)   1s"),
        ("at 2026-11-24T15:00:01.123Z", "at 2026-01-01T00:00:00Z"),
        ("10.244.0.7:9898 and localhost:43123", "10.0.0.0 and localhost:10000"),
        ("[1] 4711\r\n", "[1] 100\r\n"),
        ("uid 123e4567-e89b-12d3-a456-426614174000", "uid 00000000-0000-0000-0000-000000000000"),
        ("podinfo:6.9.1 https test-podinfo 5 checks", "podinfo:6.9.1 https test-podinfo 5 checks"),
    ],
)
def test_what_differs_from_run_to_run_is_made_alike(text: str, masked: str) -> None:
    assert masks.apply(text, masks.USUAL).text == masked


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "a1" * 18,
        "AKIA" + "A1" * 8,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_-1",
        "-----BEGIN RSA PRIVATE KEY-----\r\nMIIE\r\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_secrets_are_known_by_their_form(secret: str) -> None:
    assert masks.apply(f"it is {secret} now", masks.FORMS).text == "it is *** now"
    assert masks.found(f"it is {secret}", masks.FORMS)


def test_variables_that_are_named_like_secrets_are_secrets() -> None:
    (found,) = masks.of_environment({"MY_TOKEN": "abc.def", "PATH": "/usr/bin", "API_KEY": "short"})
    assert masks.apply("abc.def abcXdef", [found]).text == "*** abcXdef"


@given(st.text("ab\x1b[m\r\n-key", max_size=40), st.integers(0, 40))
def test_places_move_with_the_text(text: str, offset: int) -> None:
    made = masks.apply(text, KEY)
    place = made.moved(min(offset, len(text)))
    assert 0 <= place <= len(made.text)
    assert masks.apply(text[:0] + made.text, KEY).text == made.text
    if not made.spans:
        assert place == made.origin(place) == min(offset, len(text))


@given(st.text("ab key-\x1b[m\r\n", max_size=60))
def test_nothing_is_left_of_what_was_found(text: str) -> None:
    assert masks.found(masks.apply(text, KEY).text, KEY) == []
