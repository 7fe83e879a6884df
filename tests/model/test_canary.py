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
