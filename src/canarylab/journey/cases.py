"""The rollouts of a journey as cases of a report: what was expected, what was seen, and the dossier if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from canarylab.journey import ground
from canarylab.journey.journey import Journey
from canarylab.journey.outcome import Outcome
from canarylab.model.expectation import Expectation
from canarylab.model.rollout import FAILED, SUCCEEDED
from canarylab.model.timeline import CanarySeen, FaultBegan, FaultEnded, Timeline, Triggered
from canarylab.model.verdict import Finding
from canarylab.report import case, dossier, users
from canarylab.report.case import Case

_OUTCOMES = {SUCCEEDED: case.Outcome.PROMOTED, FAILED: case.Outcome.ROLLED_BACK}


def of(
    journey: Journey,
    test: str,
    *,
    failure: str = "",
    reproduce: str = "",
    images: Sequence[Path] = (),
    findings: Sequence[Finding] = (),
    expected: Expectation | None = None,
    note: str = "",
) -> tuple[Case, ...]:
    """A case for each revision that was shipped; the last one carries the test's ``failure`` and the dossier.

    A test that failed before it shipped anything has one case, whose outcome cannot be told; one that shipped nothing
    and passed has none. ``reproduce`` is a command line, ``images`` are the user's images files. ``findings`` are
    claims beside those of the journey's own assertions, ``expected`` is what the record is shown against where there
    were none, ``note`` is told first; all of these belong to the last case.
    """
    made = _shipped(journey) or ([_case([_now(journey)])] if failure else [])
    if not made:
        return ()
    last = _with_dossier(journey, made[-1])
    claims, wanted = (*last.findings, *findings), last.expected or expected
    made[-1] = replace(last, failure=failure, note=note, findings=claims, expected=wanted)
    made = [replace(one, timeline=_with_ends(one.timeline, journey.record.timeline)) for one in made]
    names = [test, *(f"{test} (rollout {number})" for number in range(2, len(made) + 1))]
    under = ground.of(journey.stack, last.namespace, images)
    told = zip(made, names, strict=True)
    return tuple(replace(one, test=name, ground=under, reproduce=reproduce) for one, name in told)


def _shipped(journey: Journey) -> list[Case]:
    """Of each revision what was taken as evidence; of the last one what is known now, if nothing was."""
    triggers = list(journey.record.timeline.of(Triggered))
    taken = [[one for one in journey.outcomes if one.evidence.timeline.trigger() == each] for each in triggers]
    if taken and not taken[-1]:
        taken[-1] = [_now(journey)]
    return [_case(outcomes) for outcomes in taken if outcomes]


def _with_ends(timeline: Timeline, record: Timeline) -> Timeline:
    """With the ends of its faults, which may have come when the evidence was taken already: by the clean-up."""
    begun, ended = ({one.id for one in timeline.of(kind)} for kind in (FaultBegan, FaultEnded))
    later = [one for one in record.of(FaultEnded) if one.id in begun - ended]
    return Timeline((*timeline.events, *later)) if later else timeline


def _with_dossier(journey: Journey, one: Case) -> Case:
    found = dossier.read(journey.explained) if journey.explained else dossier.NOTHING
    return replace(one, metrics=found.metrics, parts=found.texts(one.canary))


def _now(journey: Journey) -> Outcome:
    """A rollout that nobody has waited for."""
    return Outcome(journey.evidence(), "nobody waited for the rollout's end", journey.explain)


def _case(outcomes: Sequence[Outcome]) -> Case:
    """One rollout: the evidence that was taken last, and the verdict that was given last."""
    last, verdicts = outcomes[-1], [one for outcome in outcomes for one in outcome.verdicts]
    expected, found = verdicts[-1] if verdicts else (None, None)
    canary, timeline = last.evidence.canary, last.evidence.timeline
    return Case(
        namespace=canary.namespace,
        name=canary.name,
        outcome=case.Outcome.UNKNOWN if last.stuck else _OUTCOMES.get(timeline.phase(), case.Outcome.UNKNOWN),
        why=last.summary,
        timeline=timeline.since_trigger() if timeline.trigger() else timeline,
        seconds=_seconds(timeline),
        interval=canary.interval,
        expected=expected,
        findings=found.findings if found else (),
        users=users.of(last.evidence),
    )


def _seconds(timeline: Timeline) -> float:
    """From the trigger to the last change of the status."""
    trigger, seen = timeline.trigger(), list(timeline.since_trigger().of(CanarySeen))
    return max(0.0, seen[-1].at - trigger.at) if trigger and seen else 0.0
