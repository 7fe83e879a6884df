"""What holds of every plan, and what plans say of Canaries and assumptions that go wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anycanary import assumptions, canaries, canary, odd_canaries
from hypothesis import given, settings
from hypothesis import strategies as st

from canarylab.model import plan
from canarylab.model.canary import Canary, Strategy
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.model.rollout import FAILED, SUCCEEDED, Route, State


def rules(made: plan.Plan) -> list[str]:
    return [tick.rule for tick in made.ticks]


@settings(deadline=None)
@given(odd_canaries(), assumptions())
def test_every_plan_ends_or_names_what_keeps_it_from_ending(tested: Canary, assumed: Assumption) -> None:
    made = plan.make(tested, assumed)
    assert len(made.seen) == len(made.ticks) < 900
    assert (made.end.phase in (SUCCEEDED, FAILED)) is (made.waits == "")
    assert made.waits in ("", *rules(made))


@settings(deadline=None)
@given(odd_canaries(), assumptions())
def test_counts_and_weights_stay_within_their_bounds(tested: Canary, assumed: Assumption) -> None:
    for state in plan.make(tested, assumed).states:
        assert 0 <= state.route.canary <= 100
        assert 0 <= state.failed <= tested.threshold
        assert -1 <= state.iteration <= tested.iterations + 1
        if tested.strategy is Strategy.CANARY and state.phase == "Progressing":
            assert state.route.canary < max(tested.max_weight, 1) + max(tested.step, 1) or not tested.step


@settings(deadline=None)
@given(canaries(), assumptions())
def test_only_the_last_step_is_above_the_greatest_weight(tested: Canary, assumed: Assumption) -> None:
    made = plan.make(tested, replace(assumed, promotable=lambda _state: True))
    above = {state.route.canary for state in made.states if state.route.canary > tested.max_weight}
    if tested.strategy is Strategy.CANARY:
        assert above <= {tested.steps[-1]} | {tested.steps[-1] - n * tested.step_promotion for n in range(100)}


@settings(deadline=None)
@given(canaries(), st.integers(0, 120))
def test_checks_that_pass_from_the_start_promote_and_those_that_fail_roll_back(tested: Canary, fails: int) -> None:
    made = plan.make(tested, Assumption(checks=lambda _state: fails > 0))
    assert made.end.phase == (SUCCEEDED if fails else FAILED)


@settings(deadline=None)
@given(canaries(), assumptions())
def test_a_rollback_leaves_the_canary_no_traffic_but_for_a_promotion_that_failed(
    tested: Canary, assumed: Assumption
) -> None:
    made = plan.make(tested, assumed)
    if made.end.phase == FAILED:
        kept = made.ticks[-1].rule == "the promotion failed" and tested.flagger >= (1, 44, 0)
        assert made.end.route.canary == (100 if kept else 0)


def test_a_mirror_that_the_provider_has_not_keeps_the_canary_at_zero_for_ever() -> None:
    made = plan.make(canary(stepWeight=20, mirror=True).played("linkerd"))
    assert (made.waits, made.end) == ("advance", State("Progressing"))


@pytest.mark.parametrize(
    ("provider", "flagger", "copies"),
    [("istio", (1, 44, 0), True), ("linkerd", (1, 44, 0), False), ("gatewayapi:v1", (1, 44, 0), True),
     ("gatewayapi:v1", (1, 33, 0), False), ("kubernetes", (1, 44, 0), False)],
)  # fmt: skip
def test_copies_of_blue_green_are_sent_where_the_route_can_hold_them(
    provider: str, flagger: tuple[int, int, int], copies: bool
) -> None:
    made = plan.make(canary(iterations=2, mirror=True).played(provider, flagger))
    assert any(state.route.mirrored for state in made.states) is copies
    assert made.end.phase == SUCCEEDED


def test_a_tcp_route_and_a_match_hold_no_mirror() -> None:
    mirrored = canary(stepWeight=20, mirror=True)
    assert mirrored.mirrors
    assert not replace(mirrored, tcp=True).mirrors
    assert not canary(stepWeight=20, mirror=True, match=[{}]).mirrors


@pytest.mark.parametrize(
    ("analysis", "rule", "weight"),
    [
        ({"stepWeight": 0}, "no step to take", 0),
        ({"stepWeights": [10, 50, 30]}, "no step to take", 50),
        ({"stepWeights": [10, 10, 30]}, "no step to take", 10),
        ({"stepWeight": 50, "maxWeight": 150}, "advance", 100),
    ],
)
def test_weights_that_lead_nowhere_are_named(analysis: dict[str, object], rule: str, weight: int) -> None:
    made = plan.make(canary(**analysis))
    assert (made.waits, made.end.route.canary) == (rule, weight)


def test_plain_kubernetes_plays_weights_as_ten_iterations() -> None:
    made = plan.make(canary(stepWeight=20).played("kubernetes"))
    assert rules(made).count("iterate") == 10
    assert {state.route for state in made.states} == {Route()}


def test_a_primary_that_fails_leaves_the_next_revision_all_traffic_at_once() -> None:
    tested = canary(stepWeight=20, maxWeight=40)
    failed = plan.make(tested, Assumption(promotable=lambda _state: False))
    assert failed.end == State(FAILED, 100, route=Route(100))
    after = plan.make(tested, start=failed.end)
    assert [state.route.canary for state in after.states][:3] == [100, 100, 100]
    assert rules(after)[:2] == ["new revision", "promote"]


def test_an_edit_of_the_service_begins_the_weights_anew() -> None:
    made = plan.make(canary(stepWeight=20, maxWeight=40), Assumption(rerouted=frozenset({4})))
    assert [tick.state.route.canary for tick in made.ticks] == [0, 20, 40, 20, 40, 40, 0, 0]


def test_an_edit_while_the_weight_goes_back_in_steps_leaves_it_waiting() -> None:
    tested = canary(stepWeight=20, maxWeight=40, stepWeightPromotion=10)
    made = plan.make(tested, Assumption(rerouted=frozenset({6})))
    assert (made.waits, made.end.phase) == ("route back", "Promoting")


def test_a_revision_that_comes_while_another_is_promoted_is_analysed_after_it() -> None:
    made = plan.make(canary(stepWeight=50, maxWeight=50), Assumption(revisions=frozenset({4})))
    assert rules(made).count("new revision") == 2
    assert made.end == State(SUCCEEDED)


def test_a_rollback_webhook_opens_by_count() -> None:
    made = plan.make(canary("rollback", stepWeight=20), Assumption(closed=(Closed("rollback", 2),)))
    assert (rules(made)[-1], len(made.ticks)) == ("rollback is asked for", 4)


def test_a_gate_that_is_closed_from_a_weight_on_holds_there_and_no_sooner() -> None:
    gated = canary("confirm-traffic-increase", stepWeight=20, maxWeight=60)
    made = plan.make(gated, Assumption(closed=(Closed("confirm-traffic-increase", 2, since=30),)))
    assert [(tick.rule, tick.state.weight) for tick in made.ticks][:6] == [
        ("new revision", 0), ("advance", 20), ("advance", 40), ("hold", 40), ("hold", 40), ("advance", 60),
    ]  # fmt: skip
    assert made.end == State(SUCCEEDED)


def test_a_gate_that_was_closed_on_the_way_stays_closed_when_the_analysis_begins_anew() -> None:
    gated = canary("confirm-traffic-increase", stepWeight=20, maxWeight=60)
    closed = (Closed("confirm-traffic-increase", since=20),)
    made = plan.make(gated, Assumption(closed=closed, revisions=frozenset({5})))
    assert rules(made)[4:] == ["restart", "hold"]
    assert (made.waits, made.end.weight) == ("hold", 0)


def test_a_rollback_webhook_opens_at_a_weight() -> None:
    made = plan.make(canary("rollback", stepWeight=20), Assumption(closed=(Closed("rollback", 0, since=40),)))
    assert [(tick.rule, tick.state.weight) for tick in made.ticks][-2:] == [
        ("advance", 40), ("rollback is asked for", 0),
    ]  # fmt: skip


def test_checks_that_fail_from_a_tick_on_end_a_hold() -> None:
    gated = canary("confirm-traffic-increase", stepWeight=20)
    made = plan.make(gated, Assumption(closed=(Closed("confirm-traffic-increase", since=20),), failing_at=5))
    assert rules(made)[2:] == ["hold", "hold", "halt", "halt", "threshold reached"]


def test_an_ab_test_whose_promotion_is_never_approved_repeats_its_last_iteration() -> None:
    tested = canary("confirm-promotion", iterations=2, match=[{}])
    made = plan.make(tested, Assumption(closed=(Closed("confirm-promotion", ENDLESS),)))
    assert (made.waits, {tick.state.iteration for tick in made.ticks[4:]}) == ("wait for promotion", {1, 2})
