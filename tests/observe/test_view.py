from __future__ import annotations

from typing import Any

import pytest

from canarylab.model.canary import Canary
from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid, RouteSeen, Timeline
from canarylab.observe.view import now

CANARY = Canary.parse(
    {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "targetRef": {"kind": "Deployment", "name": "web"},
            "service": {"port": 80},
            "analysis": {"interval": "10s", "threshold": 3, "stepWeight": 10},
        },
    }
)


def seen(at: float, phase: str, weight: int = 0, failed: int = 0) -> CanarySeen:
    return CanarySeen(at, at, "canary", "1", phase, weight, failed, 0, "a reason of the Canary's own")


def route(at: float, weight: int) -> RouteSeen:
    return RouteSeen(at, at, "route", "1", "web", {"web-canary": weight}, weight)


def said(at: float, text: str) -> FlaggerSaid:
    return FlaggerSaid(at, at, "log", "info", text)


def test_it_shows_phase_weight_checks_and_the_last_reason() -> None:
    record = Timeline([seen(10, "Progressing", 10, 1), route(10, 10), said(10.1, "Halt advancement")])
    state = now(CANARY, record, 12)
    assert (state.name, state.phase, state.weight) == ("shop/web", "Progressing", "10%")
    assert (state.checks, state.reason) == ("1 of 3 failed", "Halt advancement")


@pytest.mark.parametrize(("at", "left"), [(12, 8), (19.5, 0.5), (31, 9)])
def test_ticks_come_at_even_intervals_also_when_nothing_is_said(at: float, left: float) -> None:
    assert now(CANARY, Timeline([seen(10, "Progressing", 10)]), at).next_tick == pytest.approx(left)


@pytest.mark.parametrize("phase", ["Initialized", "Succeeded", "Failed"])
def test_an_idle_canary_has_no_next_tick(phase: str) -> None:
    assert now(CANARY, Timeline([seen(10, phase)]), 12).next_tick is None


def test_a_status_that_differs_from_the_route_shows_both() -> None:
    record = Timeline([seen(10, "WaitingPromotion", 0), route(10, 40)])
    assert now(CANARY, record, 12).weight == "0% (route: 40%)"


@pytest.mark.parametrize(("events", "reason"), [([], "does not exist"), ([seen(1, "")], "of the Canary's own")])
def test_before_flagger_speaks_the_canary_itself_tells(events: list[Event], reason: Any) -> None:
    assert reason in now(CANARY, Timeline(events), 2).reason
