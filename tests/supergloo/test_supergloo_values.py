"""Durations as every mesh reads them, and what is no duration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.supergloo import durations
from canarylab.supergloo.refusal import Refusal


@pytest.mark.parametrize(("text", "milliseconds"), [("1h", 3_600_000), ("1m30s", 90_000), ("1.5s", 1500), ("10ms", 10)])
def test_a_duration_is_so_many_milliseconds(text: str, milliseconds: int) -> None:
    assert durations.milliseconds(text, "x") == milliseconds


@pytest.mark.parametrize("text", ["", "1", "s", "0s", "0.5ms", "-1s", "1s later", "soon"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="is no duration"):
        durations.milliseconds(text, "x")


@given(st.integers(1, 10**9))
def test_what_is_written_is_read_as_the_same(milliseconds: int) -> None:
    assert durations.milliseconds(durations.written(milliseconds), "x") == milliseconds
