"""Times by the clock of another machine come onto this one's, however far that clock is off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.journey import clocks
from canarylab.journey.clocks import Clocks
from canarylab.model.traffic import Answer


@given(off=st.floats(-1e6, 1e6), held=st.floats(0, clocks.NEWEST), way=st.floats(0, 2), ask=st.floats(0, 1e6))
def test_what_is_left_of_a_wrong_clock_is_no_more_than_the_bounds(
    off: float, held: float, way: float, ask: float
) -> None:
    read, true = ask + way, ask - held  # the newest answer came before it was asked for, by what the client holds
    added = clocks.correction(ask, read, true + off)
    assert -clocks.NEWEST - 1e-6 <= off + added <= clocks.NEWEST + way + 1e-6


@given(newest=st.floats(0, clocks.NEWEST))
def test_a_clock_that_may_be_right_is_left_alone(newest: float) -> None:
    assert clocks.correction(10.0, 10.1, 10.0 - newest) == pytest.approx(0.0)


def test_pods_of_this_machine_are_taken_as_they_are() -> None:
    own = Clocks.of_this_machine(shared=True)
    own.set("users", lambda: [Answer(1e9, 1e9, 200)])
    assert own.here("users", [Answer(1.0, 2.0, 200)]) == [Answer(1.0, 2.0, 200)]


def test_each_crowd_has_the_clock_of_its_node() -> None:
    both = Clocks(base=-100.0, shared=False, added={"fast": -103.0})
    assert both.here("fast", [Answer(104.0, 105.0, 200)]) == [Answer(1.0, 2.0, 200)]
    assert both.here("right", [Answer(101.0, 102.0, 200)]) == [Answer(1.0, 2.0, 200)]
