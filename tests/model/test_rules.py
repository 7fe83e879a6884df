"""Rollouts as the table plays them: every strategy, every webhook, and what holds whatever happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anycanary import GATES, canaries, canary, observations
from hypothesis import given
from hypothesis import strategies as st

from canarylab.model import expectation, plan
from canarylab.model.canary import Canary, Strategy
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.model.rollout import RULES, Observation, Readiness, Route, State, decide


def stages(made: plan.Plan) -> list[str]:
    return [str(one) for one in expectation.of(made).stages][2:]


def test_steps_of_a_canary() -> None:
    made = plan.make(canary(stepWeight=20, maxWeight=40))
    assert stages(made) == ["Progressing 20%", "Progressing 40%", "Promoting 40%", "Finalising 0%", "Succeeded 0%"]
    assert [tick.rule for tick in made.ticks] == [
        "new revision", "advance", "advance", "promote", "route back", "finish",
    ]  # fmt: skip


def test_listed_steps_are_taken_as_they_stand() -> None:
    assert expectation.promotion(canary(stepWeights=[1, 10, 80])).route == (0, 1, 10, 80, 0)


def test_a_promotion_in_steps_moves_the_weight_back_by_and_by() -> None:
    made = expectation.promotion(canary(stepWeight=50, maxWeight=50, stepWeightPromotion=20))
    assert made.route == (0, 50, 30, 10, 0)
    assert [str(one) for one in made.stages][3:6] == ["Promoting 50%", "Promoting 30%", "Promoting 10%"]


def test_a_mirror_costs_one_tick() -> None:
    mirrored, plain = (plan.make(canary(stepWeight=50, maxWeight=50, mirror=mirror)) for mirror in (True, False))
    assert len(mirrored.ticks) == len(plain.ticks) + 1
    assert mirrored.ticks[1].state.route == Route(0, mirrored=True)


def test_iterations_of_an_ab_test() -> None:
    tested = canary(iterations=2, match=[{"headers": {"x": {"exact": "y"}}}])
    assert tested.strategy is Strategy.AB
    made = plan.make(tested)
    assert stages(made) == [
        "Progressing 0% #1", "Progressing 0% #2", "Promoting 0% #2", "Finalising 0%", "Succeeded 0%",
    ]  # fmt: skip
    assert (expectation.of(made).route, len(made.ticks)) == ((0, 100, 0), 6)


def test_iterations_of_blue_green() -> None:
    made = plan.make(canary(iterations=2))
    assert stages(made)[:3] == ["Progressing 0% #1", "Progressing 0% #2", "Progressing 0% #3"]
    assert (expectation.of(made).route, len(made.ticks)) == ((0, 100, 0), 7)


def test_blue_green_without_a_mesh_moves_no_route() -> None:
    assert expectation.promotion(canary(iterations=2, provider="kubernetes")).route == (0,)


def test_the_analysis_is_skipped() -> None:
    made = plan.make(replace(canary(stepWeight=20), skip=True))
    assert [tick.rule for tick in made.ticks] == ["new revision", "skip the analysis"]


def test_checks_that_fail_roll_back_one_tick_after_the_threshold() -> None:
    made = plan.make(canary(stepWeight=20, maxWeight=40), Assumption(checks=lambda state: state.weight < 40))
    assert stages(made) == [
        "Progressing 20%", "Progressing 40%", "Progressing 40%, 1 failed", "Progressing 40%, 2 failed", "Failed 0%",
    ]  # fmt: skip
    assert made.ticks[-1].rule == "threshold reached"


def test_a_revision_in_mid_analysis_starts_it_anew() -> None:
    made = plan.make(canary(stepWeight=20, maxWeight=40), Assumption(revisions=frozenset({3})))
    assert stages(made)[:3] == ["Progressing 20%", "Progressing 0%", "Progressing 20%"]
    assert expectation.of(made).route == (0, 20, 0, 20, 40, 0)


def test_a_canary_that_cannot_start_is_rolled_back() -> None:
    made = plan.make(canary(stepWeight=20), Assumption(startable=lambda _state: False))
    assert (stages(made), made.ticks[-1].rule) == (["Failed 0%"], "the canary cannot start")


@pytest.mark.parametrize(
    ("gate", "rule", "extra"),
    [
        ("confirm-rollout", "wait for approval", 3),
        ("confirm-traffic-increase", "hold", 3),
        ("confirm-promotion", "wait for promotion", 3),
    ],
)
def test_a_gate_holds_as_long_as_it_is_closed(gate: str, rule: str, extra: int) -> None:
    gated = canary(gate, stepWeight=20, maxWeight=40)
    made = plan.make(gated, Assumption(closed=(Closed(gate, 3),)))
    assert [tick.rule for tick in made.ticks].count(rule) == extra
    assert (made.end.phase, len(made.ticks)) == ("Succeeded", len(plan.make(gated).ticks) + extra)


def test_a_gate_that_never_opens_is_named() -> None:
    made = plan.make(
        canary("confirm-promotion", stepWeight=50, maxWeight=50),
        Assumption(closed=(Closed("confirm-promotion", ENDLESS),)),
    )
    assert made.waits == "wait for promotion"
    assert made.end == State("WaitingPromotion", 0, 0, -1, Route(50))


def test_a_pre_rollout_check_that_fails_counts_as_a_failed_check() -> None:
    made = plan.make(canary("pre-rollout", stepWeight=50), Assumption(closed=(Closed("pre-rollout", ENDLESS),)))
    assert stages(made) == ["Progressing 0%, 1 failed", "Progressing 0%, 2 failed", "Failed 0%"]


def test_a_rollback_webhook_that_passes_rolls_back() -> None:
    made = plan.make(canary("rollback", stepWeight=20), Assumption(revoked_at=3))
    assert (made.ticks[-1].rule, len(made.ticks)) == ("rollback is asked for", 3)


def test_a_primary_that_fails_while_it_is_promoted_keeps_the_traffic_on_the_canary() -> None:
    state = State("Promoting", 50, route=Route(50))
    decided = decide(canary(stepWeight=50), state, Observation(primary=Readiness.FAILED))
    assert decided.state == State("Failed", 100, route=Route(100))


def test_a_failed_canary_rests_until_something_changes() -> None:
    assert decide(canary(stepWeight=50), State("Failed"), Observation()).rule == "rest"
    assert decide(canary(stepWeight=50), State("Failed"), Observation(changed=True)).rule == "new revision"


@given(canaries(), st.lists(observations, max_size=40))
def test_whatever_is_seen_the_weights_stay_possible(tested: Canary, seen: list[Observation]) -> None:
    state = State("Initialized")
    for one in seen:
        before, state = state, decide(tested, state, one).state
        assert 0 <= state.route.canary <= 100
        assert 0 <= state.weight <= 100
        assert 0 <= state.failed <= tested.threshold
        if state.phase in ("Initialized", "Succeeded"):
            assert state.route.canary == 0 or before.phase == state.phase


@given(canaries(), st.sampled_from(GATES), st.integers(0, 3), st.integers(0, 200))
def test_every_plan_ends_or_names_what_it_waits_for(tested: Canary, gate: str, closed: int, fails_from: int) -> None:
    assumed = Assumption(closed=(Closed(gate, closed),), checks=lambda state: state.route.canary < fails_from)
    made = plan.make(tested, assumed)
    assert made.end.phase in ("Succeeded", "Failed")
    assert made.waits == ""
    weights = [state.route.canary for state in made.states]
    assert max(weights) <= max([100 if not tested.steps else 0, *tested.steps, tested.max_weight])


@given(canaries())
def test_a_plan_without_trouble_promotes(tested: Canary) -> None:
    assert plan.make(tested).end == State("Succeeded")


def test_each_rule_of_the_table_can_apply() -> None:
    reached = {"rest", "wait for the primary", "wait for the canary", "the primary failed", "the primary cannot start"}
    reached |= {"initialised", "the promotion failed"}
    old = replace(canary("confirm-rollout", stepWeight=50), flagger=(1, 30, 0))
    for tested, assumed in (
        (canary(*GATES, "rollback", stepWeight=50), Assumption(closed=tuple(Closed(gate, 1) for gate in GATES))),
        (canary("rollback", stepWeight=50), Assumption(revoked_at=3, revisions=frozenset({2}))),
        (canary(iterations=1), Assumption()),
        (canary(iterations=1), Assumption(checks=lambda _state: False)),
        (canary(stepWeight=50), Assumption(startable=lambda _state: False)),
        (replace(canary(stepWeight=50), skip=True), Assumption()),
        (old, Assumption(closed=(Closed("confirm-rollout", 1),))),
        (replace(old, suspended=True, flagger=(1, 32, 0)), Assumption()),
        (canary(stepWeight=0), Assumption()),
    ):
        reached |= {tick.rule for tick in plan.make(tested, assumed).ticks}
    assert {rule.name for rule in RULES} == reached


@pytest.mark.parametrize(("provider", "phase"), [("istio", "Initializing"), ("kubernetes", "Failed")])
def test_a_primary_that_cannot_start_has_no_route_to_roll_back(provider: str, phase: str) -> None:
    tested = canary(stepWeight=50).played(provider)
    assert decide(tested, State("Initializing"), Observation(primary=Readiness.FAILED)).state.phase == phase


def test_a_new_revision_leaves_the_route_as_it_stands_and_a_restart_does_not() -> None:
    changed, kept = Observation(changed=True), Route(100)
    assert decide(canary(stepWeight=50), State("Failed", 100, route=kept), changed).state.route == kept
    assert decide(canary(stepWeight=50), State("Progressing", 50, route=Route(50)), changed).state.route == Route()
