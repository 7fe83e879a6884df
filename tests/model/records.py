"""Records of rollouts as they really go, for tests: events a tick apart, and users who are answered."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from canarylab.model.canary import Canary
from canarylab.model.expectation import Expectation
from canarylab.model.timeline import CanarySeen, Event, RouteSeen, Timeline, Triggered, WorkloadSeen
from canarylab.model.traffic import Answer

TICK = 10.0
CANARY = Canary.parse(
    {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "targetRef": {"kind": "Deployment", "name": "web"},
            "service": {"port": 80},
            "analysis": {"interval": "10s", "threshold": 2, "stepWeight": 20, "maxWeight": 40},
        },
    }
)


def workload(at: float, source: str, image: str, replicas: int) -> WorkloadSeen:
    name = CANARY.target if source == "target" else CANARY.primary
    return WorkloadSeen(at, at, source, "1", name, {"app": image}, replicas, replicas)


def route(at: float, weight: int) -> RouteSeen:
    weights = {"web-primary": 100 - weight, "web-canary": weight}
    return RouteSeen(at, at, "route", "1", "web", weights, weight)


def events(expected: Expectation, image: str = "web:2") -> Iterator[Event]:
    """A record that shows exactly what is expected; the trigger is at second 5."""
    yield workload(0, "target", "web:1", 0)
    yield workload(0, "primary", "web:1", 2)
    yield route(0, 0)
    yield CanarySeen(0, 0, "canary", "1", "Initialized", 0, 0, 0)
    yield Triggered(5, 5, "trigger", "tag 2")
    yield workload(5, "target", image, 2)
    weight = 0
    for number, stage in enumerate(expected.stages[1:], start=1):
        at = number * TICK
        if stage.weight != weight:
            weight = stage.weight
            yield route(at, weight)
        if stage.phase == "Promoting":
            yield workload(at, "primary", image, 2)
        if stage.phase in ("Succeeded", "Failed"):
            yield workload(at, "target", image, 0)
        yield CanarySeen(at, at, "canary", "2", stage.phase, stage.weight, stage.failed, 0)


def answers(timeline: Timeline, *, failing: bool, seed: int = 1, per_second: int = 50) -> list[Answer]:
    """Users from second 0 to the record's end: the canary serves its weight of them, and may fail them."""
    chance, windows = random.Random(seed), timeline.windows()  # noqa: S311 - a test's dice
    end = timeline.events[-1].at + TICK
    return [answer(at / per_second, windows, chance, failing) for at in range(int(end * per_second))]


def answer(at: float, windows: Sequence[object], chance: random.Random, failing: bool) -> Answer:
    weight = max((w for w in windows if w.start <= at), key=lambda w: w.start).weight  # type: ignore[attr-defined]
    canary = chance.random() * 100 < weight
    if canary and failing:
        return Answer(at, at + 0.002, 500)
    return Answer(at, at + 0.002, 200, "web-7d9c-x" if canary else "web-primary-5f6b-y")
