"""A journey's rollouts as cases: one for each revision that was shipped, whatever became of the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from canarylab.journey import cases, ground
from canarylab.journey.outcome import Outcome
from canarylab.model import verdict
from canarylab.model.canary import Canary
from canarylab.model.expectation import promotion
from canarylab.model.timeline import CanarySeen, Event, FaultBegan, FaultEnded, Timeline, Triggered
from canarylab.model.verdict import Evidence, Finding
from canarylab.observe.record import Record
from canarylab.report import case
from canarylab.report.case import Case, Ground

SPEC: dict[str, Any] = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}}
CANARY = Canary.parse({"metadata": {"name": "web", "namespace": "shop"}, "spec": SPEC})
GROUND = Ground(("a cluster",))


@dataclass
class Played:
    """A journey that needs no cluster: its record and outcomes are given."""

    record: Record = field(default_factory=Record)
    outcomes: list[Outcome] = field(default_factory=list)
    explained: Path | None = None
    stack: Any = None

    def evidence(self) -> Evidence:
        return Evidence(CANARY, self.record.timeline, [])

    def explain(self, text: str) -> Path:
        raise AssertionError(text)

    def ship(self, phase: str, stuck: str = "") -> Outcome:
        self.record.append(Triggered, "trigger", what="tag 2")
        self.record.append(CanarySeen, "canary", version="1", phase=phase, weight=0, failed=0, iterations=0)
        return self.look(stuck)

    def look(self, stuck: str = "") -> Outcome:
        self.outcomes.append(Outcome(self.evidence(), stuck, self.explain))
        return self.outcomes[-1]


@pytest.fixture(autouse=True)
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it ran on is told by a cluster, which these tests do without."""
    monkeypatch.setattr(ground, "of", lambda *_: GROUND)


def made(journey: Played, **more: Any) -> tuple[Case, ...]:
    return cases.of(journey, "x.py::test_y", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phase", "stuck", "outcome"),
    [
        ("Succeeded", "", case.Outcome.PROMOTED),
        ("Failed", "", case.Outcome.ROLLED_BACK),
        ("Progressing", "", case.Outcome.UNKNOWN),
        ("Succeeded", "the cluster ended", case.Outcome.UNKNOWN),
    ],
)
def test_the_last_phase_tells_the_outcome(phase: str, stuck: str, outcome: case.Outcome) -> None:
    journey = Played()
    journey.ship(phase, stuck)
    (found,) = made(journey)
    assert (found.outcome, found.test, found.holds, found.ground) == (outcome, "x.py::test_y", True, GROUND)


def test_each_revision_has_its_case_and_the_last_one_the_failure() -> None:
    journey = Played()
    journey.ship("Succeeded")
    journey.ship("Failed")
    found = made(journey, failure="it was not promoted", note="known", findings=[Finding("c", False, "a", "b")])
    assert [(one.test, one.failure, one.note, len(one.findings)) for one in found] == [
        ("x.py::test_y", "", "", 0),
        ("x.py::test_y (rollout 2)", "it was not promoted", "known", 1),
    ]
    assert [one.timeline.phase() for one in found] == ["Succeeded", "Failed"]


def test_two_looks_at_one_rollout_make_one_case() -> None:
    journey = Played()
    journey.ship("Progressing")
    journey.look()
    assert len(made(journey)) == 1


def test_a_rollout_that_nobody_waited_for_is_told() -> None:
    journey = Played()
    journey.ship("Progressing")
    journey.outcomes.clear()
    (found,) = made(journey, failure="the test broke")
    assert (found.outcome, found.why.partition(";")[0]) == (
        case.Outcome.UNKNOWN, "nobody waited for the rollout's end",
    )  # fmt: skip


def test_a_test_that_failed_before_it_shipped_has_a_case_and_one_that_passed_none() -> None:
    assert [one.outcome for one in made(Played(), failure="not steady")] == [case.Outcome.UNKNOWN]
    assert made(Played()) == ()


def test_the_verdict_that_was_asked_for_is_kept() -> None:
    journey = Played()
    outcome = journey.ship("Succeeded")
    expected = promotion(CANARY)
    outcome.verdicts.append((expected, verdict.judge(outcome.evidence, expected)))
    (found,) = made(journey)
    assert found.expected == expected
    assert found.findings == verdict.judge(outcome.evidence, expected).findings


def test_a_fault_that_the_clean_up_ended_has_its_end_in_the_case() -> None:
    journey, fault = Played(), {"since": 1.0, "id": "1", "name": "abort", "what": "abort 50%"}
    journey.record.append(Triggered, "trigger", what="tag 2")
    journey.record.append(FaultBegan, "act", measured="9 of 20 failed", **fault)
    journey.look()
    journey.record.append(FaultEnded, "act", measured="0 of 20 failed", **fault)
    journey.record.append(FaultEnded, "act", measured="of another rollout", **{**fault, "id": "2"})
    assert [one.measured for one in made(journey)[0].timeline.of(FaultEnded)] == ["0 of 20 failed"]


def test_a_record_without_a_trigger_is_kept_whole() -> None:
    events: tuple[Event, ...] = (CanarySeen(1, 1, "canary", "1", "Initializing", 0, 0, 0),)
    journey = Played()
    journey.record.append(CanarySeen, "canary", version="1", phase="Initializing", weight=0, failed=0, iterations=0)
    assert [one.words() for one in made(journey, failure="x")[0].timeline.events] == [
        one.words() for one in Timeline(events).events
    ]
