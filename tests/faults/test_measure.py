"""Looks are taken until one shows what has to be, and no longer than the bound."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from canarylab.clock import ManualClock
from canarylab.errors import EnvironmentFault
from canarylab.faults import measure
from canarylab.faults.measure import NotMeasured, Reading


def looks(*hits: int) -> Callable[[], Reading]:
    left = list(hits)
    return lambda: Reading(left.pop(0) if len(left) > 1 else left[0], 10, "answers were 500")


def test_the_first_good_reading_is_taken() -> None:
    found = measure.until(looks(0, 3, 10), measure.entirely, 5, ManualClock())
    assert str(found) == "10 of 10 answers were 500"


def test_without_a_good_reading_the_last_one_is_told() -> None:
    clock = ManualClock()
    with pytest.raises(NotMeasured, match="3 of 10 answers were 500"):
        measure.until(looks(0, 3), measure.entirely, 5, clock)
    assert clock.now >= 5


def test_a_look_that_fails_is_taken_again_and_told_if_it_stays() -> None:
    def fails() -> Reading:
        raise EnvironmentFault("no answer")

    with pytest.raises(NotMeasured, match="no answer"):
        measure.until(fails, measure.none, 1, ManualClock())


@pytest.mark.parametrize(
    ("judge", "good", "bad"),
    [
        (measure.entirely, [(1, 1), (9, 9)], [(0, 0), (8, 9)]),
        (measure.partly, [(1, 9)], [(0, 9)]),
        (measure.to_and_fro, [(1, 9)], [(0, 9), (9, 9), (0, 0)]),
        (measure.none, [(0, 0), (0, 9)], [(1, 9)]),
        (measure.none_of_some, [(0, 9)], [(0, 0), (1, 9)]),
        (measure.share(100), [(9, 9)], [(8, 9), (0, 0)]),
        (measure.share(50), [(50, 100), (40, 100)], [(100, 100), (20, 100), (0, 0)]),
    ],
)
def test_readings_are_judged(
    judge: Callable[[Reading], bool], good: list[tuple[int, int]], bad: list[tuple[int, int]]
) -> None:
    assert [judge(Reading(*one, "")) for one in good] == [True] * len(good)
    assert [judge(Reading(*one, "")) for one in bad] == [False] * len(bad)
