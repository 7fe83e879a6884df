from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.errors import UsageError
from canarylab.model.canary import Canary, seconds, steps


def item(**analysis: Any) -> dict[str, Any]:
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}, "analysis": analysis}
    return {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


@pytest.mark.parametrize(
    ("analysis", "weights"),
    [
        ({"stepWeight": 10, "maxWeight": 50}, (10, 20, 30, 40, 50)),
        ({"stepWeight": 20, "maxWeight": 50}, (20, 40, 60)),
        ({"stepWeight": 30}, (30, 60, 90, 100)),
        ({"stepWeight": 50, "maxWeight": 50}, (50,)),
        ({"stepWeights": [1, 10, 80]}, (1, 10, 80)),
        ({"iterations": 5}, ()),
    ],
)
def test_the_weights_come_in_the_order_that_flagger_gives_them(
    analysis: dict[str, Any], weights: tuple[int, ...]
) -> None:
    assert steps(analysis) == weights


@given(step=st.integers(1, 100), most=st.integers(1, 100))
def test_weights_grow_reach_the_maximum_and_never_exceed_everything(step: int, most: int) -> None:
    weights = steps({"stepWeight": step, "maxWeight": most})
    assert list(weights) == sorted(set(weights))
    assert min(most, 100) <= weights[-1] <= 100
    assert all(weight < most for weight in weights[:-1])


def test_the_interval_has_flaggers_floor() -> None:
    assert Canary.parse(item(interval="1s")).interval == 10
    assert Canary.parse(item(interval="2m")).interval == 120


def test_an_interval_of_another_form_is_refused() -> None:
    with pytest.raises(UsageError, match="is no interval"):
        seconds("1h")


def test_names_default_to_the_targets() -> None:
    canary = Canary.parse(item())
    assert (canary.apex, canary.primary, canary.deadline) == ("web", "web-primary", 600)
    named = item()
    named["spec"]["service"]["name"] = "front"
    assert Canary.parse(named).apex == "front"


def test_a_threshold_is_the_least_success_rate_and_the_most_of_anything_else() -> None:
    metrics = [
        {"name": "request-success-rate", "threshold": 99},
        {"name": "request-duration", "threshold": 500},
        {"name": "errors", "thresholdRange": {"max": 1}, "templateRef": {"name": "errors"}},
    ]
    parsed = Canary.parse(item(metrics=metrics)).metrics
    assert [(one.least, one.most) for one in parsed] == [(99, None), (None, 500), (None, 1)]


@pytest.mark.parametrize(("text", "length"), [("30s", 30), ("1m", 60), ("1m30s", 90), ("1m500ms", 60.5)])
def test_an_interval_is_what_the_crd_and_go_take_together(text: str, length: float) -> None:
    assert seconds(text) == pytest.approx(length)


@pytest.mark.parametrize("text", ["", "30", "1h", "1.5m", "m", "5 s"])
def test_other_intervals_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no interval"):
        seconds(text)


def test_without_an_interval_flagger_analyses_each_minute() -> None:
    assert Canary.parse(item(stepWeight=10)).interval == 60


@pytest.mark.parametrize(
    ("listed", "weight", "increment"),
    [
        ([10, 50], 0, 10),
        ([10, 50], 10, 40),
        ([10, 50], 50, 50),
        ([10, 50], 100, 1),
        ([10, 50], 30, 70),
        ([150], 0, 100),
    ],
)
def test_listed_steps_are_found_by_their_weight(listed: list[int], weight: int, increment: int) -> None:
    assert Canary.parse(item(stepWeights=listed)).increment(weight) == increment


def test_webhooks_keep_their_names_and_whether_they_alert() -> None:
    hooks = [{"name": "a", "muteAlert": True}, {"name": "b", "type": "event"}]
    canary = Canary.parse(item(webhooks=hooks))
    assert [(one.name, one.type, one.muted) for one in canary.webhooks] == [
        ("a", "rollout", True),
        ("b", "event", False),
    ]
    assert canary.hooks == {"rollout", "event"}
