"""What the table can show is explained, whatever each tick saw; a weight that is skipped or differs is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anycanary import canaries, canary, observations
from hypothesis import given, settings
from hypothesis import strategies as st
from records import CANARY

from canarylab.model import expectation, plan
from canarylab.model.canary import Canary
from canarylab.model.expectation import Stage, stage
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.model.replay import successors, unexplained
from canarylab.model.rollout import Observation, State, decide

PROMOTION = expectation.promotion(CANARY)
ROLLBACK = expectation.rollback(CANARY)


def changes(values: list[object]) -> list[object]:
    return [one for number, one in enumerate(values) if number == 0 or values[number - 1] != one]


def played(tested: Canary, seen: list[Observation], start: State) -> tuple[list[Stage], list[int]]:
    """Stages and routes of a rollout, as two watches show them."""
    states = [start]
    for one in seen:
        states.append(decide(tested, states[-1], one).state)
    stages = changes([stage(state) for state in states])
    return stages, changes([state.route.canary for state in states])  # type: ignore[return-value]


@settings(deadline=None)
@given(canaries(), st.lists(observations, max_size=25))
def test_whatever_the_table_plays_is_explained(tested: Canary, seen: list[Observation]) -> None:
    stages, routes = played(tested, seen, State("Initialized"))
    assert unexplained(tested, stages, routes) is None


@settings(deadline=None)
@given(canaries(), st.lists(observations, max_size=25), st.integers(0, 25))
def test_a_rollout_that_was_joined_on_its_way_is_explained(tested: Canary, seen: list[Observation], at: int) -> None:
    state = State("Initialized")
    for one in seen[:at]:
        state = decide(tested, state, one).state
    stages, routes = played(tested, seen[at:], state)
    assert unexplained(tested, stages, routes) is None


@settings(deadline=None)
@given(canaries(), observations, st.lists(observations, max_size=5))
def test_each_state_that_comes_is_foreseen(tested: Canary, last: Observation, before: list[Observation]) -> None:
    state = State("Initialized")
    for one in before:
        state = decide(tested, state, one).state
    assert decide(tested, state, last).state in successors(tested, state)


@settings(deadline=None)
@given(st.integers(5, 30), st.data())
def test_a_weight_that_was_skipped_is_not_explained(step: int, data: st.DataObject) -> None:
    tested = canary(stepWeight=step, maxWeight=3 * step)
    stages = list(expectation.promotion(tested).stages)
    skipped = data.draw(st.integers(2, 3))
    found = unexplained(tested, stages[:skipped] + stages[skipped + 1 :])
    assert found is not None
    assert (found.what, found.before) == ("the Canary", str(stages[skipped - 1]))
    assert str(stages[skipped]) in found.possible


def test_a_stage_that_cannot_be_is_told_with_those_that_can() -> None:
    found = unexplained(CANARY, (Stage("Progressing", 20), Stage("Succeeded")))
    assert str(found) == (
        "the Canary: Progressing 20% > Succeeded 0%; from there Flagger's table leads to "
        "Failed 0%, Progressing 0%, Progressing 20%, 1 failed, Progressing 40%"
    )


@pytest.mark.parametrize("route", [(0, 20, 30, 0), (0, 40, 0), (0, 20, 40), (0, 20, 40, 0, 20)])
def test_a_route_that_is_not_as_the_status_says_is_told(route: tuple[int, ...]) -> None:
    found = unexplained(CANARY, PROMOTION.stages, route)
    assert found is not None
    assert found.what == "the route"


def test_the_weights_that_would_have_fitted_are_told() -> None:
    found = unexplained(CANARY, PROMOTION.stages, (0, 20, 30, 0))
    assert str(found) == (
        "the route: 20% (the Canary: Progressing 20%) > 30%; from there Flagger's table leads to 20%, 40%"
    )


def test_a_route_that_was_not_seen_is_not_asked_for() -> None:
    assert unexplained(CANARY, PROMOTION.stages, None) is None
    assert unexplained(CANARY, ROLLBACK.stages, ()) is None


def test_a_rollback_that_leaves_its_route_is_told() -> None:
    assert unexplained(CANARY, ROLLBACK.stages, (0, 20)) is not None


def test_a_record_that_was_cut_off_may_be_one_step_behind() -> None:
    stages = (Stage("Initialized"), Stage("Progressing"), Stage("Progressing", 20))
    assert unexplained(CANARY, stages, (0,), settled=False) is None
    assert unexplained(CANARY, stages[:2], (0, 20), settled=False) is None
    assert unexplained(CANARY, stages[:2], (0, 20, 40), settled=False) is not None


@pytest.mark.parametrize("routes", [(20, 40, 0), (40, 0)], ids=["the older list", "the newer list"])
def test_the_first_lists_may_have_a_tick_between_them(routes: tuple[int, ...]) -> None:
    stages = [one for one in PROMOTION.stages if one.weight == 40 or one.phase in ("Finalising", "Succeeded")]
    assert unexplained(CANARY, stages, routes) is None
    assert unexplained(CANARY, [Stage("Progressing", 20), *stages], routes) is None


def test_a_gate_that_stays_closed_is_explained() -> None:
    gated = canary("confirm-promotion", stepWeight=50, maxWeight=50)
    waiting = expectation.of(plan.make(gated, Assumption(closed=(Closed("confirm-promotion", ENDLESS),))))
    assert unexplained(gated, waiting.stages, waiting.route, settled=False) is None
    assert unexplained(replace(gated, hooks=frozenset()), waiting.stages) is not None


def test_nothing_seen_is_nothing_wrong() -> None:
    assert unexplained(CANARY, ()) is None
