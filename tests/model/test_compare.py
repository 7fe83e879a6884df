"""A plan beside records: alike, late, with a step too many, too few, or another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from anycanary import assumptions, canaries
from hypothesis import given, settings
from hypothesis import strategies as st
from records import CANARY, TICK

from canarylab.model import compare, expectation, forecast, plan
from canarylab.model.canary import Canary
from canarylab.model.plan import ENDLESS, Assumption, Closed, Plan
from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid, RouteSeen, Timeline, Triggered

PROMOTION = plan.make(CANARY)
HELD = Assumption(closed=(Closed("confirm-promotion", ENDLESS),))


def recorded(made: Plan, ready: int = 0, late: float = 0.0) -> Iterator[Event]:
    """What a cluster shows of a plan, where pods take so many ticks more, and each status comes so late."""
    yield RouteSeen(0, 0, "route", "1", "web", {}, made.start.route.canary)
    yield seen(0, made.start)
    yield Triggered(3, 3, "trigger", "tag 2")
    at = made.canary.interval
    weight = made.start.route.canary
    for number, tick in enumerate(made.ticks):
        before = made.ticks[number - 1].rule if number else ""
        at += made.canary.interval * (1 + ready * (before in ("new revision", "restart", "promote", "approved")))
        if tick.state.route.canary != weight:
            weight = tick.state.route.canary
            yield RouteSeen(at, at, "route", "2", "web", {}, weight)
        yield seen(at + late, tick.state)


def seen(at: float, state: plan.State) -> CanarySeen:
    return CanarySeen(at, at, "canary", "1", state.phase, state.weight, state.failed, state.iteration)


def differences(made: Plan, events: list[Event], *, by_hand: bool = False) -> list[str]:
    """The lines that are marked, without the space between their columns."""
    shown = compare.side_by_side(compare.rows(made, Timeline(events), by_hand=by_hand)).splitlines()
    return [" ".join(line.split()) for line in shown if line.startswith(">")]


@settings(deadline=None)
@given(canaries(), assumptions(), st.integers(0, 10), st.floats(0, 4))
def test_what_goes_as_planned_differs_in_nothing(tested: Canary, assumed: Assumption, ready: int, late: float) -> None:
    made = plan.make(tested, assumed)
    assert differences(made, list(recorded(made, ready, late))) == []


def test_pods_may_take_their_deadline_and_nothing_else_may_take_longer() -> None:
    tight = plan.make(replace(CANARY, deadline=30))
    assert differences(tight, list(recorded(tight, ready=4))) == []
    assert differences(tight, list(recorded(tight, ready=9))) == [
        "> 2 Progressing 20%, route 20% 11 Progressing 20%, route 20% "
        "(10.0 ticks after the step before it instead of 1 to 5)",
        "> 5 Finalising 0%, route 0% 23 Finalising 0%, route 0% "
        "(10.0 ticks after the step before it instead of 1 to 5)",
    ]


def test_a_tick_too_many_between_two_weights_is_told() -> None:
    events = [replace(one, at=one.at + TICK * (one.at > 4 * TICK - 1)) for one in recorded(PROMOTION)]
    (found,) = differences(PROMOTION, events)
    assert found.startswith("> 3 Progressing 40%")
    assert "2.0 ticks after the step before it instead of 1" in found


def test_a_failed_check_that_was_not_planned_is_told_with_what_follows() -> None:
    failing = plan.make(CANARY, Assumption(checks=lambda state: state.failed > 0 or state.route.canary < 40))
    found = differences(PROMOTION, list(recorded(failing)))
    assert found[0] == "> 4 Promoting 40%, route 40% 4 Progressing 40%, 1 failed, route 40%"


def test_a_weight_that_was_skipped_is_told() -> None:
    events = [one for one in recorded(PROMOTION) if 20 not in (getattr(one, "weight", 0), getattr(one, "canary", 0))]
    assert differences(PROMOTION, events)[0] == "> 2 Progressing 20%, route 20%"


def test_a_route_that_is_not_the_status_is_told() -> None:
    events = [replace(one, canary=30) if getattr(one, "canary", None) == 20 else one for one in recorded(PROMOTION)]
    assert differences(PROMOTION, events) == ["> 2 Progressing 20%, route 20% 2 Progressing 20%, route 30%"]


def test_a_route_that_moves_by_itself_is_a_step_of_its_own() -> None:
    events = list(recorded(PROMOTION))
    stray = RouteSeen(35.5, 35.5, "route", "9", "web", {}, 0)
    events.insert(next(n for n, one in enumerate(events) if one.at > 35.5), stray)
    assert differences(PROMOTION, events) != []


def test_a_route_belongs_to_the_nearest_status_where_a_tick_was_late() -> None:
    made = plan.make(CANARY)
    late = [
        replace(one, at=one.at + 0.6 * TICK) if isinstance(one, CanarySeen) and one.phase == "Promoting" else one
        for one in recorded(made)
    ]
    assert differences(made, sorted(late, key=lambda one: one.at)) == []


def test_without_a_route_only_the_stages_count() -> None:
    events = [one for one in recorded(PROMOTION) if not isinstance(one, RouteSeen)]
    assert differences(PROMOTION, events) == []


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_gate_that_somebody_opens_may_be_closed_for_any_time(by_hand: bool) -> None:
    gated = replace(CANARY, hooks=frozenset({"confirm-promotion"}))
    once, thrice = (plan.make(gated, Assumption(closed=(Closed("confirm-promotion", n),))) for n in (1, 3))
    assert (differences(once, list(recorded(thrice)), by_hand=by_hand) == []) is by_hand


def test_a_plan_that_waits_is_held_against_as_much_of_the_record() -> None:
    gated = replace(CANARY, hooks=frozenset({"confirm-promotion"}))
    made = plan.make(gated, HELD)
    assert differences(made, list(recorded(made))) == []
    assert expectation.of(made).outcome == expectation.STUCK


def test_a_record_without_a_trigger_shows_nothing() -> None:
    assert [one.seen for one in compare.rows(PROMOTION, Timeline(()))] == [None] * len(expectation.of(PROMOTION).steps)


def heard(made: Plan) -> list[Event]:
    """The record, with everything that Flagger says in it, and some idle chatter."""
    events = list(recorded(made))
    texts = [event.text.replace("...", "1") for tick in forecast.make(made).ticks for event in tick.told.events]
    said = [FlaggerSaid(9 + n, 9 + n, "log", "info", text) for n, text in enumerate([*texts, "chatter"])]
    return [*events, *said]


def test_what_flagger_was_not_heard_to_say_is_told() -> None:
    failing = plan.make(CANARY, Assumption(checks=lambda state: state.route.canary < 40))
    assert compare.unheard(failing, Timeline(heard(failing))) == ()
    assert compare.unheard(failing, Timeline(heard(PROMOTION)))[-1] == "Canary failed! Scaling down web.shop"
    assert "Copying web.shop template spec to web-primary.shop" in compare.unheard(PROMOTION, Timeline(heard(failing)))


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_a_closed_gate_repeats_need_not_be_said_again_where_somebody_opened_it(by_hand: bool) -> None:
    gated = replace(CANARY, hooks=frozenset({"confirm-traffic-increase"}))
    once, thrice = (plan.make(gated, Assumption(closed=(Closed("confirm-traffic-increase", n, 20),))) for n in (1, 3))
    missing = compare.unheard(thrice, Timeline(heard(once)), by_hand=by_hand)
    assert len(missing) == (0 if by_hand else 2)


def test_of_a_plan_without_an_end_the_last_step_need_not_have_been_told() -> None:
    made = plan.make(replace(CANARY, hooks=frozenset({"confirm-promotion"})), HELD)
    assert compare.words(made)[-1].text == "Advance web.shop canary weight 40"
    assert compare.words(plan.make(replace(CANARY, suspended=True))) == []


def test_plan_and_record_stand_side_by_side() -> None:
    failing = plan.make(CANARY, Assumption(checks=lambda _state: False))
    shown = compare.side_by_side(compare.rows(PROMOTION, Timeline(list(recorded(failing)))))
    assert shown.splitlines()[:5] == [
        "  planned                         seen",
        "    0 Initialized 0%, route 0%      0 Initialized 0%, route 0%",
        "    1 Progressing 0%, route 0%      1 Progressing 0%, route 0%",
        "    2 Progressing 20%, route 20%    2 Progressing 20%, route 20%",
        ">   3 Progressing 40%, route 40%    3 Progressing 20%, 1 failed, route 20%",
    ]
