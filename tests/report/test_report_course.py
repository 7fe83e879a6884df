"""A rollout on its clock: what was predicted for which second, and what was seen then."""

from __future__ import annotations

from dataclasses import replace

import pytest
import rollouts

from canarylab.model import compare
from canarylab.model.expectation import Stage
from canarylab.model.timeline import CanarySeen, FaultBegan, FaultEnded, Timeline
from canarylab.report.case import Case
from canarylab.report.course import Course, Span
from canarylab.report.foreseen import foreseen


def spans(found: list[Span]) -> list[tuple[float, str]]:
    return [(round(one.start, 1), one.value) for one in found]


def with_events(case: Case, *events: object) -> Case:
    return replace(case, timeline=Timeline((*case.timeline.events, *events)))  # type: ignore[arg-type]


def test_what_goes_as_planned_lies_on_the_prediction() -> None:
    course = Course(rollouts.PROMOTED)
    assert spans(course.predicted_weights()) == [(-4.5, "0"), (16, "20"), (26, "40"), (46, "0")]
    assert spans(course.weights()) == [(-4, "0"), (15.9, "20"), (25.9, "40"), (45.9, "0")]
    assert all(one.agrees for one in course.rows())
    assert [one.predicted_at for one in course.rows()][1:] == [one.seen_at for one in course.rows()][1:]


def test_the_prediction_begins_with_the_first_tick_that_was_seen() -> None:
    late = rollouts.case(rollouts.PROMOTION, list(rollouts.events(rollouts.PROMOTION, late=9)))
    assert spans(Course(late).predicted_phases())[1] == (9, "Progressing")


def test_steps_that_differ_stand_beside_each_other() -> None:
    rows = Course(rollouts.NOT_ROLLED_BACK).rows()
    assert [str(one.seen.stage) for one in rows if one.agrees and one.seen] == [
        "Initialized 0%", "Progressing 0%", "Progressing 20%",
    ]  # fmt: skip
    different = [one for one in rows if not one.agrees]
    assert [one.predicted.stage for one in different if one.predicted][-1] == Stage("Failed")
    assert (different[-1].predicted, different[-1].seen_at) == (None, 56)


def test_the_pages_steps_are_those_that_the_verdict_compares() -> None:
    expected, record = rollouts.ROLLBACK, rollouts.NOT_ROLLED_BACK.timeline
    assert expected.plan is not None
    compared = compare.rows(expected.plan, record)
    assert [(one.predicted, one.seen) for one in Course(rollouts.NOT_ROLLED_BACK).rows()] == [
        (one.planned, one.seen) for one in compared
    ]


def test_without_a_trigger_the_first_event_is_second_0() -> None:
    events = [one for one in rollouts.PROMOTED.timeline.events if one.kind != "trigger"]
    course = Course(replace(rollouts.PROMOTED, timeline=Timeline(tuple(events))))
    assert (course.start, spans(course.weights())[1], spans(course.predicted_weights())[1]) == (
        0, (20.4, "20"), (20.5, "20"),
    )  # fmt: skip


@pytest.mark.parametrize(("phase", "predicted"), [("Succeeded", True), ("Failed", True), ("Progressing", False)])
def test_a_rollout_that_was_followed_from_its_begin_is_foreseen(phase: str, predicted: bool) -> None:
    resting = CanarySeen(990, 990, "canary", "1", phase, 0, 0, 0)
    events = [one for one in rollouts.PROMOTED.timeline.events if one.kind not in ("trigger", "canary")]
    case = replace(rollouts.PROMOTED, timeline=Timeline((resting, *events)), expected=None)
    found = foreseen(case, rollouts.CANARY).expected
    assert (
        found is not None and [str(one) for one in found.stages][:2] == [f"{phase} 0%", "Progressing 0%"]
    ) is predicted


def test_an_empty_record_has_an_empty_course() -> None:
    course = Course(rollouts.VERIFIED)
    assert (course.weights(), course.rows(), course.faults()) == ([], [], [])
    assert course.start < course.end


def test_where_no_route_was_seen_the_status_tells_the_weight() -> None:
    events = [one for one in rollouts.PROMOTED.timeline.events if one.kind != "route"]
    course = Course(replace(rollouts.PROMOTED, timeline=Timeline(tuple(events))))
    assert [value for _, value in spans(course.weights())] == ["0", "20", "40", "0"]


def test_a_fault_lasts_from_its_begin_to_its_end() -> None:
    began = FaultBegan(1021, 0, "act", since=1020, id="1", name="abort", what="abort 50%", measured="9 of 20 failed")
    ended = FaultEnded(1031, 0, "act", since=1030, id="1", name="abort", what="abort 50%", measured="0 of 20 failed")
    (fault,) = Course(with_events(rollouts.PROMOTED, began, ended)).faults()
    assert str(fault) == "abort 50%: +20.0 s to +30.0 s; 9 of 20 failed; afterwards: 0 of 20 failed"
    (open_,) = Course(with_events(rollouts.PROMOTED, began)).faults()
    assert (open_.span.end > 56, open_.after) == (True, "no end was seen")
