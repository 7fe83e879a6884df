"""Events, alerts and calls of each tick, in Flagger's words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anycanary import assumptions, canary, odd_canaries
from hypothesis import given, settings

from canarylab.model import forecast, plan
from canarylab.model.canary import Canary, Webhook
from canarylab.model.plan import Assumption, Closed
from canarylab.model.rollout import Observation, Readiness, State, decide
from canarylab.model.said import Said, Told, tell


def told(tested: Canary, assumed: Assumption = plan.ALL_PASS) -> list[Told]:
    return [one.told for one in forecast.make(plan.make(tested, assumed)).ticks]


def events(found: list[Told]) -> list[str]:
    return [event.text for one in found for event in one.events]


def alerts(found: list[Told]) -> list[str]:
    return [f"{one.severity}: {one.text}" for each in found for one in each.alerts]


def test_a_promotion_in_flaggers_words() -> None:
    found = told(canary(stepWeight=20, maxWeight=40, stepWeightPromotion=20))
    assert events(found) == [
        "New revision detected! Scaling up web.default",
        "Starting canary analysis for web.default", "Advance web.default canary weight 20",
        "Advance web.default canary weight 40",
        "Copying web.default template spec to web-primary.default",
        "Advance web.default primary weight 80", "Advance web.default primary weight 100",
        "Promotion completed! Scaling down web.default",
    ]  # fmt: skip
    assert alerts(found) == [
        "info: New revision detected, progressing canary analysis.",
        "info: Canary analysis completed successfully, promotion finished.",
    ]


def test_a_rollback_in_flaggers_words() -> None:
    metric = {"name": "request-success-rate", "thresholdRange": {"min": 99}}
    found = told(canary("post-rollout", stepWeight=20, metrics=[metric]), Assumption(checks=lambda _state: False))
    assert events(found)[3:] == [
        "Halt web.default advancement success rate ...% < 99%", "Halt web.default advancement success rate ...% < 99%",
        "Rolling back web.default failed checks threshold reached 2", "Canary failed! Scaling down web.default",
        "Post-rollout check post-rollout passed",
    ]  # fmt: skip
    assert alerts(found)[1:] == ["error: Failed checks threshold reached 2"]
    assert {event.kind for event in found[-1].events[:2]} == {"Warning"}


@pytest.mark.parametrize(
    ("gate", "words", "alert"),
    [
        ("confirm-rollout", "waiting for approval", "Canary is waiting for approval."),
        ("confirm-traffic-increase", "waiting for traffic increase approval", "Canary traffic increase is waiting"),
        ("confirm-promotion", "waiting for promotion approval", "Canary promotion is waiting for approval."),
    ],
)
def test_a_gate_says_that_it_is_closed_and_that_it_opened(gate: str, words: str, alert: str) -> None:
    found = told(canary(gate, stepWeight=50, maxWeight=50), Assumption(closed=(Closed(gate, 1),)))
    text = " | ".join(events(found))
    assert f"{words} {gate}" in text
    assert f"{gate.capitalize()} check {gate} passed" in text
    assert sum(alert in one for one in alerts(found)) == 1


def test_a_muted_gate_sends_no_alert() -> None:
    gated = canary("confirm-promotion", stepWeight=50)
    muted = replace(gated, webhooks=tuple(replace(one, muted=True) for one in gated.webhooks))
    found = told(muted, Assumption(closed=(Closed("confirm-promotion", 1),)))
    assert [one for one in alerts(found) if "waiting" in one] == []


def test_a_gate_is_announced_once() -> None:
    found = told(canary("confirm-rollout", stepWeight=50), Assumption(closed=(Closed("confirm-rollout", 3),)))
    assert [len(one.events) for one in found[:3]] == [1, 0, 0]
    assert [len(one.calls) for one in found[:4]] == [1, 1, 1, 1]


def test_webhooks_are_called_in_flaggers_order_and_told_the_phase() -> None:
    tested = canary("rollback", "pre-rollout", "rollout", "confirm-traffic-increase", "post-rollout", stepWeight=50)
    found = told(tested)
    assert [(one.webhook.type, one.phase, one.passes) for one in found[1].calls] == [
        ("rollback", "Progressing", False), ("pre-rollout", "Progressing", True),
        ("confirm-traffic-increase", "Progressing", True),
    ]  # fmt: skip
    assert [one.webhook.type for one in found[2].calls] == ["rollback", "rollout", "confirm-traffic-increase"]
    assert [(one.webhook.type, one.phase) for one in found[-1].calls] == [("post-rollout", "Succeeded")]


def test_a_webhook_that_refuses_keeps_those_after_it_from_being_asked() -> None:
    gated = canary("pre-rollout", "confirm-traffic-increase", stepWeight=50)
    calls = told(gated, Assumption(closed=(Closed("pre-rollout", 1),)))[1].calls
    assert [one.webhook.type for one in calls] == ["pre-rollout"]


@pytest.mark.parametrize("gate", ["confirm-rollout", "pre-rollout", "rollout", "confirm-promotion", "post-rollout"])
def test_of_several_webhooks_any_may_be_the_one_that_refuses(gate: str) -> None:
    two = canary(gate, stepWeight=50, maxWeight=50)
    two = replace(two, webhooks=(Webhook("load", gate), *two.webhooks))
    refusals = [one for tick in told(two, Assumption(closed=(Closed(gate, 1),))) for one in tick.events if one.like]
    assert refusals
    for one in refusals:
        seen = one.text.replace("...", "403")
        assert one.matches(seen)
        assert one.matches(seen.replace("load", gate))
        assert not one.matches(seen.replace("load", gate).replace("alt ", "old ").replace("hook", "stool"))


def test_plain_kubernetes_says_what_it_does_not_play() -> None:
    found = told(canary(stepWeight=50).played("kubernetes"))
    assert "Setting canaryAnalysis.iterations: 10" in events(found)
    assert "Routing all traffic to canary" not in events(found)


def test_an_initialisation_in_flaggers_words() -> None:
    tested = canary(stepWeight=50)
    waiting = Observation(primary=Readiness.WAITING)
    for state, seen, last in (
        (State(), waiting, "web-primary.default not ready: ..."),
        (State("Initializing"), Observation(), "Initialization done! web.default"),
    ):
        found = tell(tested, state, seen, decide(tested, state, seen))
        assert [one.text for one in found.events] == ["all the metrics providers are available!", last]


def test_dots_stand_for_what_only_the_cluster_knows() -> None:
    said = Said("Halt web.default advancement success rate ...% < 99%")
    assert said.matches("Halt web.default advancement success rate 91.20% < 99%")
    assert not said.matches("Halt web.default advancement success rate 91.20% < 95%")


@settings(deadline=None)
@given(odd_canaries(), assumptions())
def test_every_tick_that_changes_something_says_so(tested: Canary, assumed: Assumption) -> None:
    made = plan.make(tested, assumed)
    quiet = {"approved", "switch", "route back", "wait for promotion", "wait for approval", "suspended"}
    before = made.start
    for tick in forecast.make(made).ticks:
        moved = (tick.state.phase, tick.state.route.canary, tick.state.failed) != (
            before.phase, before.route.canary, before.failed,
        )  # fmt: skip
        assert tick.told.events or not moved or tick.rule in quiet
        before = tick.state
