"""When ticks come: at the earliest, at the latest, and what pods have to do with it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from anycanary import assumptions, canary, odd_canaries
from hypothesis import given, settings

from canarylab.model import forecast, plan
from canarylab.model.canary import Canary
from canarylab.model.plan import Assumption

SHORT = replace(canary(stepWeight=50, maxWeight=50), deadline=60)


def times(tested: Canary, ready: tuple[float, float] | None = None) -> list[tuple[float, float]]:
    return [(one.best, one.worst) for one in forecast.make(plan.make(tested), ready).ticks]


def test_the_first_tick_comes_within_an_interval_and_pods_take_up_to_their_deadline() -> None:
    assert times(SHORT) == [(0, 10), (10, 70), (20, 80), (30, 140), (40, 150)]


def test_what_is_known_of_the_pods_narrows_the_times() -> None:
    assert times(SHORT, (0, 10)) == [(0, 10), (10, 20), (20, 30), (30, 40), (40, 50)]
    assert times(SHORT, (25, 31)) == [(0, 10), (30, 50), (40, 60), (70, 100), (80, 110)]


def test_a_canary_that_cannot_start_takes_its_deadline() -> None:
    made = forecast.make(plan.make(SHORT, Assumption(startable=lambda _state: False)), (0, 0))
    assert [(one.rule, one.best, one.worst) for one in made.ticks[1:]] == [("the canary cannot start", 60, 80)]


@pytest.mark.parametrize("kind", ["Service", "Deployment"])
def test_a_service_has_no_pods_to_wait_for(kind: str) -> None:
    waits = [one.waits for one in forecast.make(plan.make(replace(SHORT, kind=kind))).ticks]
    assert waits == (["", "canary", "", "primary", ""] if kind == "Deployment" else [""] * 5)


def test_an_interval_below_the_floor_is_ten_seconds() -> None:
    assert times(canary(stepWeight=50, interval="1s"), (0, 0))[1] == (10, 20)


@settings(deadline=None)
@given(odd_canaries(), assumptions())
def test_times_grow_by_an_interval_or_more_and_the_latest_is_never_before_the_earliest(
    tested: Canary, assumed: Assumption
) -> None:
    ticks = forecast.make(plan.make(tested, assumed)).ticks
    assert (ticks[0].best, ticks[0].worst) == (0, tested.interval) or ticks[0].waits
    for before, after in itertools.pairwise(ticks):
        assert after.best - before.best >= tested.interval
        assert after.worst - after.best >= before.worst - before.best
