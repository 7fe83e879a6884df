"""Runs of scenarios for tests: a file's text, and the record of a rollout that shows what is expected."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from canarylab.model import forecast
from canarylab.model.canary import Canary
from canarylab.model.expectation import Expectation, promotion, rollback
from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid, RouteSeen, Timeline, Triggered, WorkloadSeen
from canarylab.model.traffic import Answer, Crowd
from canarylab.model.verdict import Evidence
from canarylab.scenario import applications, load
from canarylab.scenario.claim import Seen
from canarylab.scenario.document import Given
from canarylab.scenario.judge import judge
from canarylab.scenario.load import File
from canarylab.scenario.result import Judged

TICK = 10.0
OLD, NEW = "ghcr.io/stefanprodan/podinfo:6.9.0", "ghcr.io/stefanprodan/podinfo:6.9.1"
CANARY = Canary.parse(applications.build(Given(application="podinfo-short"), "shop", Path()).canary)
PROMOTION = promotion(CANARY)
HEAD = """\
title: A test's scenario
values: {tag: 6.9.1}
given: {application: podinfo-short}
steps:
  - set-image: ${tag}
"""


def written(folder: Path, text: str, name: str = "scene.yaml") -> Path:
    """A file with a text."""
    file = folder / name
    file.write_text(text)
    return file


def read(folder: Path, text: str) -> File:
    return load.file(written(folder, text), name="scene.yaml")


def judged(folder: Path, claims: str, seen: Seen) -> tuple[Judged, ...]:
    """The claims of a list in YAML, held against a run."""
    lines = "".join(f"  {line}\n" for line in claims.strip().splitlines())
    file = read(folder, f"{HEAD}expect:\n{lines}")
    return judge(file, file.scenario.expect, ("expect",), seen)


def holds(folder: Path, claims: str, seen: Seen) -> bool:
    return all(one.holds for one in judged(folder, claims, seen))


def _workload(at: float, source: str, image: str, replicas: int) -> WorkloadSeen:
    return WorkloadSeen(at, at, source, "1", source, {"podinfod": image}, replicas, replicas)


def _route(at: float, weight: int) -> RouteSeen:
    return RouteSeen(
        at, at, "route", "1", "podinfo", {"podinfo-primary": 100 - weight, "podinfo-canary": weight}, weight
    )


def events(expected: Expectation = PROMOTION) -> Iterator[Event]:
    """A record that shows exactly what is expected; the trigger is at second 5, a tick every ten from second 10 on."""
    assert expected.plan is not None
    yield from (_workload(0, "target", OLD, 0), _workload(0, "primary", OLD, 1), _route(0, 0))
    yield CanarySeen(0, 0, "canary", "1", "Initialized", 0, 0, 0)
    yield Triggered(5, 5, "trigger", "tag 6.9.1")
    yield _workload(5, "target", NEW, 1)
    weight = 0
    for tick, stage in zip(forecast.make(expected.plan).ticks, expected.stages[1:], strict=True):
        at = tick.number * TICK
        yield from (FlaggerSaid(at, at, "log", "info", one.text) for one in tick.told.events)
        if stage.weight != weight:
            weight = stage.weight
            yield _route(at, weight)
        if stage.phase == "Promoting":
            yield _workload(at, "primary", NEW, 1)
        if stage.phase in ("Succeeded", "Failed"):
            yield _workload(at, "target", NEW, 0)
        yield CanarySeen(at, at, "canary", "2", stage.phase, stage.weight, stage.failed, 0)


def answers(record: Sequence[Event], *, more: int = 0, per_second: int = 40, seed: int = 1) -> list[Answer]:
    """Users from second 0 on; the canary serves its weight of them, and ``more`` points."""
    chance, windows = random.Random(seed), Timeline(record).windows()  # noqa: S311 - a test's dice
    served = []
    for number in range(int((record[-1].at + TICK) * per_second)):
        at = number / per_second
        weight = next(one.weight for one in reversed(windows) if one.start <= at)
        canary = chance.random() * 100 < (weight + more if weight else 0)
        served.append(Answer(at, at + 0.002, 200, "podinfo-7d9c-x" if canary else "podinfo-primary-5f6b-y"))
    return served


def seen(record: Sequence[Event] | None = None, *, more: int = 0, per_second: int = 40) -> Seen:
    """Everything that was seen of a run."""
    told = list(events()) if record is None else list(record)
    return Seen(Evidence(CANARY, Timeline(told), [Crowd("users", answers(told, more=more, per_second=per_second))]))


def without_weight(record: Sequence[Event], weight: int) -> list[Event]:
    """A record in which the canary never had a weight, neither in the status nor in the route."""
    return [one for one in record if weight not in (getattr(one, "weight", None), getattr(one, "canary", None))]


def rolled_back() -> list[Event]:
    """A record of a rollback at the first weight."""
    return list(events(rollback(CANARY)))
