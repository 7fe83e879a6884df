"""Texts of the user's come through the literals of both languages as they were."""

from __future__ import annotations

import ast
import string

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from canarylab.starter import quoted

TEXTS = st.text(st.sampled_from(string.printable.replace("\n", "").replace("\r", "").replace("\x0b\x0c", "") + "é"))


@given(TEXTS)
def test_python(text: str) -> None:
    assert ast.literal_eval(quoted.python(text)) == text


@example("0_")
@example("0x1")
@example("2026-01-01")
@given(st.text(st.sampled_from(string.ascii_letters + string.digits + string.punctuation + " é")))
def test_yaml(text: str) -> None:
    assert yaml.safe_load(f"[{{a: {quoted.yaml(text)}}}]") == [{"a": text}]


def test_what_needs_no_quotes_has_none() -> None:
    assert [quoted.yaml(text) for text in ("/ready", "a.b-c", "1.10", "no", "a: b")] == [
        "/ready", "a.b-c", "'1.10'", "'no'", "'a: b'",
    ]  # fmt: skip
    assert quoted.yaml("a${b}", literal=True) == "'a$${b}'"
    assert quoted.python(r"\d") == 'r"\\d"'
