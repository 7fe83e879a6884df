"""Cases of rollouts as they really go, small and always the same: for golden files, charts and the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from canarylab.model import forecast, verdict
from canarylab.model.canary import Canary
from canarylab.model.expectation import Expectation, promotion, rollback
from canarylab.model.timeline import (
    Acted,
    CanarySeen,
    Event,
    FaultBegan,
    FaultEnded,
    FlaggerSaid,
    Gap,
    RouteSeen,
    Timeline,
    Triggered,
    WorkloadSeen,
)
from canarylab.model.traffic import Answer, Crowd
from canarylab.model.verdict import Evidence
from canarylab.report import users
from canarylab.report.case import Case, Ground, Image, Measured, Outcome, Part, Report, Right

ZERO, TICK, WALL = 1000.0, 10.0, 1790000000.0
SPEC: dict[str, Any] = {
    "targetRef": {"kind": "Deployment", "name": "web"},
    "service": {"port": 80},
    "provider": "istio",
    "analysis": {"interval": "10s", "threshold": 2, "stepWeight": 20, "maxWeight": 40},
}
CANARY = Canary.parse({"metadata": {"name": "web", "namespace": "shop"}, "spec": SPEC})
GROUND = Ground(
    ("cluster run-1: local; Kubernetes v1.37.2: real", "Envoy: real; one stands in for the sidecars"),
    (Image("ghcr.io/stefanprodan/podinfo:6.9.1", "podinfo", "6.9.2", "ab" * 32, "built with go1.27"),),
)
PARTS = (Part("pods.txt", "NAME  READY\nweb-1 0/1 <none> & more"), Part("flagger.log", '{"level":"info"}'))
HALTED = "Halt web.shop advancement success rate 91.20% < 99%"


def events(expected: Expectation, late: float = 6.0) -> Iterator[Event]:
    """A record that shows what is expected; ``late`` seconds after the trigger comes the first tick."""

    def at(second: float) -> dict[str, Any]:
        return {"at": ZERO + second, "wall": WALL + second}

    yield workload(**at(-4.5), source="primary", image="web:1", replicas=1)
    yield RouteSeen(**at(-4), source="route", version="1", name="web", weights=_weights(0), canary=0)
    yield CanarySeen(**at(-3), source="canary", version="1", phase="Initialized", weight=0, failed=0, iterations=0)
    yield Triggered(**at(0), source="trigger", what="tag 2")
    yield workload(**at(0.1), source="target", image="web:2", replicas=1)
    for number, (before, step) in enumerate(zip(expected.steps, expected.steps[1:], strict=False)):
        second = late + number * TICK
        if step.weight != before.weight:
            yield RouteSeen(**at(second - 0.1), source="route", version="2", name="web", weights=_weights(step.weight),
                            canary=step.weight)  # fmt: skip
        stage = step.stage
        if stage.phase == "Promoting":
            yield workload(**at(second - 0.03), source="primary", image="web:2", replicas=1)
        if stage.phase in ("Succeeded", "Failed"):
            yield workload(**at(second - 0.02), source="target", image="web:2", replicas=0)
        *words, last = _words(expected, step.tick)
        for text in words if step is expected.steps[-1] else (*words, last):
            yield FlaggerSaid(**at(second - 0.04), source="log", level="info", text=text)
        yield CanarySeen(**at(second), source="canary", version="2", phase=stage.phase, weight=stage.weight,
                         failed=stage.failed, iterations=0)  # fmt: skip
    yield FlaggerSaid(**at(second + 0.1), source="log", level="info", text=last)


def _words(expected: Expectation, tick: int) -> Iterator[str]:
    """What Flagger says in a tick of the plan; a metric that is outside its limits has a value."""
    assert expected.plan is not None
    for one in forecast.make(expected.plan).ticks[tick - 1].told.events:
        yield HALTED if one.text.startswith("Halt") else one.text


def workload(at: float, wall: float, source: str, image: str, replicas: int) -> WorkloadSeen:
    name = CANARY.target if source == "target" else CANARY.primary
    return WorkloadSeen(at, wall, source, "1", name, {"app": image}, replicas, replicas)


def _weights(canary: int) -> dict[str, int]:
    return {"web-primary": 100 - canary, "web-canary": canary}


def answers(timeline: Timeline, *, failing: bool = False, per_second: int = 40) -> list[Answer]:
    """Every fifth (or so) user meets the new revision, as the weight says, evenly."""
    windows, told, debt = timeline.windows(), [], 0
    for number in range(int((timeline.events[-1].at - ZERO + 8) * per_second)):
        sent = ZERO - 5 + number / per_second
        debt += next((one.weight for one in windows[::-1] if one.start <= sent), 0)
        canary, debt = debt >= 100, debt % 100
        status, pod = (500, "") if canary and failing else (200, "web-7d-x" if canary else "web-primary-5f-y")
        told.append(Answer(sent, sent + 0.002 + (number % 7) / 1000, status, pod))
    return told


def case(expected: Expectation, record: list[Event], *, failing: bool = False, **more: Any) -> Case:
    """The case of a record that is held against an expectation."""
    timeline = Timeline(tuple(record))
    evidence = Evidence(CANARY, timeline, [Crowd("users", answers(timeline, failing=failing))])
    outcome = Outcome.PROMOTED if timeline.phase() == "Succeeded" else Outcome.ROLLED_BACK
    made = Case(
        CANARY.namespace, CANARY.name, outcome, f"{timeline.phase()} after {record[-1].at - ZERO:.0f} s",
        timeline=Timeline(tuple(timeline.since_trigger().events)), seconds=round(record[-1].at - ZERO, 1),
        interval=TICK, expected=expected,
        findings=verdict.judge(evidence, expected).findings, users=users.of(evidence), ground=GROUND,
    )  # fmt: skip
    return replace(made, **more)


PROMOTION, ROLLBACK = promotion(CANARY), rollback(CANARY)
PROMOTED = case(PROMOTION, list(events(PROMOTION)), test="e2e/test_x.py::test_a_good_one_is_promoted")
ROLLED_BACK = case(ROLLBACK, list(events(ROLLBACK)), failing=True, test="e2e/test_x.py::test_a_bad_one_is_rolled_back")
NOT_ROLLED_BACK = case(
    ROLLBACK, list(events(PROMOTION)), test="e2e/test_x.py::test_a_bad_one_is_not_found",
    failure="E  the rollout was not rolled back as expected <b>", reproduce="pytest e2e/test_x.py --mesh=istio",
    metrics=(Measured("request-success-rate", "sum(rate(x[30s])) < 1", None, 99), Measured("rate", "y", 1.5, None, 2)),
    parts=PARTS,
)  # fmt: skip
FAULTY = replace(
    PROMOTED,
    test="e2e/test_x.py::test_a_fault_and_a_gate",
    timeline=Timeline(
        (
            *PROMOTED.timeline.events[:7],
            Acted(ZERO + 17, WALL + 17, "act", "gate: open"),
            Gap(ZERO + 18, WALL + 18, "route", "listed again"),
            FaultBegan(ZERO + 21, WALL + 21, "act", ZERO + 20, "1", "abort", "abort percent=50", "9 of 20 failed"),
            FaultEnded(ZERO + 32, WALL + 32, "act", ZERO + 31, "1", "abort", "abort percent=50", "0 of 20 failed"),
            *PROMOTED.timeline.events[7:],
        )
    ),
)
VERIFIED = Case("shop", "ui", Outcome.UNKNOWN, "no rollout began; the Canary is <Succeeded>", ("a | b",))
RIGHT = Right("list", "pods", "namespace shop", "which pods are not ready")
ALL = (PROMOTED, ROLLED_BACK, NOT_ROLLED_BACK, FAULTY, VERIFIED)
REPORT = Report("Canarylab", ALL, (RIGHT,), "pytest e2e -n 2")
