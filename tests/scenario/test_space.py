"""A namespace that does not go names what holds it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from canarylab.clock import ManualClock
from canarylab.errors import EnvironmentFault
from canarylab.scenario import space

MESSAGE = "Some resources are remaining: canaries.flagger.app has 1 resource instances"
STUCK = {"status": {"conditions": [{"message": MESSAGE}, {"message": "All content successfully deleted"}]}}
HELD = {"kind": "Canary", "metadata": {"name": "podinfo", "finalizers": ["finalizer.flagger.app"]}}


class Cluster:
    """Answers what a cluster of that namespace would."""

    name = "test"

    def __init__(self, *namespaces: dict[str, Any] | None) -> None:
        self.left, self.asked = list(namespaces), list[tuple[str, ...]]()

    def kubectl(self, *args: str) -> str:
        self.asked.append(args)
        if args[:2] == ("get", "namespace"):
            found = self.left.pop(0) if len(self.left) > 1 else self.left[0]
            return json.dumps(found) if found else ""
        return json.dumps({"items": [HELD, {"kind": "Canary", "metadata": {"name": "free"}}]})


def test_a_namespace_that_goes_is_waited_for() -> None:
    clock = ManualClock()
    space.await_gone(Cluster(STUCK, STUCK, None), "shop", clock=clock)  # type: ignore[arg-type]
    assert clock.slept == [1.0, 1.0]


def test_a_stuck_namespace_names_the_holder_of_each_finalizer() -> None:
    with pytest.raises(EnvironmentFault, match="shop is not gone") as caught:
        space.await_gone(Cluster(STUCK), "shop", bound=5, clock=ManualClock())  # type: ignore[arg-type]
    assert "held by canary/podinfo (finalizer.flagger.app)" in caught.value.what


def test_names_of_namespaces_are_short_and_their_own() -> None:
    made = space.name("Promotion[1] of a very, very long name of a scenario that goes on")
    assert made.startswith("promotion-1-of-a-very-very-long-name")
    assert len(made) <= 63
