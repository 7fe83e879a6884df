"""Each difference between Flagger's releases, as two plans of one Canary that differ by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anycanary import canary

from canarylab.errors import UsageError
from canarylab.model import plan, releases
from canarylab.model.canary import Canary
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.model.rollout import Observation, Readiness, State, decide
from canarylab.model.said import tell


def rules(tested: Canary, assumed: Assumption, flagger: str) -> list[str]:
    made = plan.make(replace(tested, flagger=releases.version(flagger)), assumed)
    return [tick.rule for tick in made.ticks]


def test_before_1_31_an_approval_is_followed_by_a_restart() -> None:
    gated, closed = (
        canary("confirm-rollout", stepWeight=50, maxWeight=50),
        Assumption(closed=(Closed("confirm-rollout", 1),)),
    )
    assert rules(gated, closed, "1.30.0")[:4] == ["wait for approval", "approved", "restart", "advance"]
    assert rules(gated, closed, "1.31.0")[:3] == ["wait for approval", "new revision", "advance"]


def test_before_1_31_a_gate_that_closes_in_mid_analysis_holds_it() -> None:
    seen = Observation(closed=frozenset({"confirm-rollout"}))
    gated, state = canary("confirm-rollout", stepWeight=50), State("Progressing", 50)
    assert decide(replace(gated, flagger=(1, 30, 0)), state, seen).state == State("Waiting", 50)
    assert decide(gated, state, seen).rule == "advance"


def test_before_1_32_a_suspended_canary_goes_on() -> None:
    suspended = replace(canary(stepWeight=50), suspended=True)
    assert rules(suspended, Assumption(), "1.31.0")[-1] == "finish"
    assert plan.make(suspended).waits == "suspended"


def test_before_1_33_the_increase_is_asked_while_the_promotion_waits() -> None:
    gated = canary("confirm-traffic-increase", "confirm-promotion", stepWeight=50, maxWeight=50)
    state, seen = State("WaitingPromotion", iteration=-1), Observation(closed=frozenset({"confirm-traffic-increase"}))
    assert decide(replace(gated, flagger=(1, 32, 0)), state, seen).rule == "hold"
    assert decide(gated, state, seen).rule == "advance"


def test_from_1_36_on_a_metric_needs_a_template_and_from_1_37_on_a_query_will_do() -> None:
    bare, own = canary(stepWeight=50, metrics=[{"name": "errors"}]), {"name": "errors", "query": "1"}
    assert "halt" not in rules(bare, Assumption(), "1.35.0")
    assert rules(bare, Assumption(), "1.44.0")[-1] == "threshold reached"
    queried = canary(stepWeight=50, metrics=[own])
    assert "halt" in rules(queried, Assumption(), "1.36.1")
    assert "halt" not in rules(queried, Assumption(), "1.37.0")


def test_before_1_36_1_a_primary_past_its_deadline_is_waited_for() -> None:
    state, seen = State("Promoting", 50), Observation(primary=Readiness.FAILED)
    old = replace(canary(stepWeight=50), flagger=(1, 35, 0))
    assert decide(old, state, seen).rule == "wait for the primary"
    assert decide(old, State("Promoting"), Observation(target=Readiness.FAILED)).rule == "route back"


def test_before_1_36_1_a_rollback_at_the_deadline_has_an_alert_of_its_own() -> None:
    late = Assumption(startable=lambda _state: False)
    for flagger, severities in (((1, 35, 0), ["error"]), ((1, 44, 0), [])):
        made = plan.make(replace(canary(stepWeight=50), flagger=flagger), late)
        told = tell(made.canary, made.ticks[0].state, made.seen[1], made.ticks[1])
        assert [one.severity for one in told.alerts] == severities
        assert made.end == State("Failed")


def test_before_1_43_the_status_forgets_weight_and_iterations_while_promoting() -> None:
    for flagger, state in (("1.42.0", (0, 0)), ("1.43.0", (50, 0))):
        made = plan.make(replace(canary(stepWeight=50, maxWeight=50), flagger=releases.version(flagger)))
        promoting = next(one for one in made.states if one.phase == "Promoting")
        assert (promoting.weight, promoting.iteration) == state


def test_before_1_44_a_primary_that_fails_gets_all_traffic_back() -> None:
    failing = Assumption(promotable=lambda _state: False)
    for flagger, weight in (("1.43.0", 0), ("1.44.0", 100)):
        made = plan.make(replace(canary(stepWeight=50), flagger=releases.version(flagger)), failing)
        assert (made.end.phase, made.end.route.canary) == ("Failed", weight)


def test_before_1_44_a_skipped_analysis_calls_no_post_rollout() -> None:
    skipped = replace(canary("post-rollout", stepWeight=50), skip=True)
    for flagger, count in (((1, 43, 0), 0), ((1, 44, 0), 1)):
        made = plan.make(replace(skipped, flagger=flagger))
        told = tell(made.canary, made.ticks[0].state, made.seen[1], made.ticks[1])
        assert len(told.calls) == count


def test_an_endless_gate_before_1_31_is_named() -> None:
    gated = replace(canary("confirm-rollout", stepWeight=50), flagger=(1, 30, 0))
    assert plan.make(gated, Assumption(closed=(Closed("confirm-rollout", ENDLESS),))).waits == "wait for approval"


def test_releases_are_read_and_unknown_ones_are_told() -> None:
    assert releases.version("v1.36.1") == (1, 36, 1)
    assert releases.text(releases.version("1.30")) == "1.30.0"
    with pytest.raises(UsageError, match=r"no Flagger 1\.29\.0") as error:
        releases.version("1.29.0")
    assert "did you mean" in error.value.next_step
