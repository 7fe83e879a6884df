"""The journeys' common ground: podinfo with a short analysis, so that a rollout costs few ticks."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab.journey import Application
from canarylab.journey.application import podinfo

# Two weights, two failed checks at the most, and pods that have 20 s to get ready.
SHORT: dict[str, Any] = {"stepWeight": 25, "maxWeight": 50, "threshold": 2}


# For journeys about slow answers: nothing but their duration is checked, and half a second is too much.
DURATION: list[dict[str, Any]] = [
    {"name": "request-duration", "thresholdRange": {"max": 500}, "interval": "30s"},
]


# The journeys of the most ticks begin first, so that none of them is left for the end of a run.
LONGEST = ("restart", "promotion", "gates", "planted", "ab", "blue_green", "verify_gate", "alerts_promoted")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first; with the name of a provider, only what is about providers: the other journeys are Istio's."""
    order = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))
    if config.getoption("--mesh") not in {"", "istio", "none"}:
        others = [one for one in items if one.get_closest_marker("matrix") is None]
        config.hook.pytest_deselected(items=others)
        items[:] = [one for one in items if one.get_closest_marker("matrix")]


@pytest.fixture
def strict(short: Application) -> Application:
    """The same, checked for nothing but the duration of its answers."""
    return short.but(analysis={"metrics": DURATION})


@pytest.fixture
def short(namespace: str) -> Application:
    """podinfo with a short analysis; tests that need another application make theirs of it."""
    return podinfo(namespace).but(progressDeadlineSeconds=20, analysis=SHORT).on(progressDeadlineSeconds=20)
