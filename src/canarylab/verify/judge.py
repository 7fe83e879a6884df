"""The verdict on one rollout that was followed: promoted, rolled back, wrong, or not to be told, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.flagger import reasons
from canarylab.flagger.reasons import Kind
from canarylab.model import replay, timeline
from canarylab.model.rollout import FAILED
from canarylab.model.timeline import CanarySeen, Timeline
from canarylab.report.case import Case, Outcome
from canarylab.verify import progress, stuck
from canarylab.verify.progress import Standing
from canarylab.verify.stuck import Found
from canarylab.verify.subject import Subject


@dataclass(frozen=True)
class Evidence:
    """What is known when a rollout is over: its record, where it stands at second ``at``, and what was asked for.

    ``lost`` says why nothing more could be seen; ``edited`` whether the Canary is another one than at the begin.
    """

    subject: Subject
    record: Timeline
    standing: Standing
    at: float
    lost: str = ""
    edited: bool = False
    found: Found = stuck.NOTHING


def judge(evidence: Evidence) -> Case:
    """The case."""
    record = progress.rollout(evidence.record)
    outcome, why, details = _judge(evidence, record)
    canary, seconds = evidence.subject.canary, progress.seconds(evidence.record, evidence.at)
    return Case(canary.namespace, canary.name, outcome, why, tuple(details), record, seconds)


Judged = tuple[Outcome, str, list[str]]


def _judge(evidence: Evidence, record: Timeline) -> Judged:
    strange = _strange(evidence, record)
    if evidence.standing is Standing.NEVER or (evidence.lost and evidence.standing is not Standing.ENDED):
        return _not_followed(evidence)
    if evidence.standing is Standing.ENDED and record.phase() == FAILED:
        return Outcome.ROLLED_BACK, rolled_back(record), [*_explained(evidence), *strange]
    if strange and not (_missed(record) or evidence.edited):
        return Outcome.WRONG, strange[0], strange[1:]
    if evidence.standing is Standing.STUCK:
        return _stuck(evidence, record, strange)
    if doubts := _doubts(evidence, record, strange):
        return Outcome.UNKNOWN, f"it ended as {record.phase()}, but {doubts[0]}", doubts[1:]
    return Outcome.PROMOTED, promoted(evidence, record), _route_missed(record)


def _not_followed(evidence: Evidence) -> Judged:
    if evidence.lost:
        return Outcome.UNKNOWN, evidence.lost, []
    told, now = evidence.subject.state, evidence.record.phase()
    return (
        Outcome.UNKNOWN,
        f"no rollout began; the Canary is {told if now in told else now}",
        _last_words(evidence.record),
    )


def _stuck(evidence: Evidence, record: Timeline, strange: list[str]) -> Judged:
    seconds = progress.seconds(evidence.record, evidence.at)
    why = f"it did not end within {seconds:.0f} s: it is {record.phase()}"
    told = stuck.explain(evidence.subject, record, evidence.found, evidence.at)
    return Outcome.UNKNOWN, why, [*told, *strange, *_route_missed(record)]


def _strange(evidence: Evidence, record: Timeline) -> list[str]:
    """The first step of the record that Flagger's table does not explain."""
    routes = () if _gap(record, timeline.ROUTE) else record.route()
    settled = evidence.standing is Standing.ENDED
    found = replay.unexplained(evidence.subject.canary, record.stages(), routes, settled=settled)
    return [str(found)] if found else []


def _missed(record: Timeline) -> bool:
    return _gap(record, timeline.CANARY)


def _gap(record: Timeline, source: str) -> bool:
    return any(one.source == source for one in record.gaps())


def _doubts(evidence: Evidence, record: Timeline, strange: list[str]) -> list[str]:
    """Why a record that ends well proves nothing."""
    gaps = [one.words() for one in record.gaps() if one.source == timeline.CANARY]
    if evidence.edited and strange:
        gaps.append("the Canary was edited meanwhile")
    return [*gaps, *strange] if gaps else []


def _route_missed(record: Timeline) -> list[str]:
    return [one.words() for one in record.gaps() if one.source == timeline.ROUTE]


def said(record: Timeline) -> list[reasons.Reason]:
    """What Flagger said in the rollout."""
    begun = progress.begin(record)
    return [reasons.parse(text) for text in Timeline(record.events[begun or 0 :]).reasons()]


def failed_checks(record: Timeline) -> int:
    """As the status counted them, from when the rollout was joined on."""
    counts = [one.failed for one in record.of(CanarySeen)]
    return sum(max(0, after - before) for before, after in zip([0, *counts], counts, strict=False))


def rolled_back(record: Timeline) -> str:
    """Why it was."""
    heard = said(record)
    told = [reasons.rolled_back_by(heard), reasons.summary(heard, failed_checks(record))]
    return "; ".join(filter(None, told)) or "Flagger was not heard to say why"


def promoted(evidence: Evidence, record: Timeline) -> str:
    """How long it took, by which weights, and what halted it on its way."""
    weights = record.route() or tuple(dict.fromkeys(stage.weight for stage in record.stages()))
    way = " > ".join(f"{weight}%" for weight in weights)
    took = f"in {progress.seconds(evidence.record, evidence.at):.0f} s, by {way}"
    return "; ".join(filter(None, [took, reasons.summary(said(record), failed_checks(record))]))


def _explained(evidence: Evidence) -> list[str]:
    return [*(line for one in evidence.found.queries for line in one.lines()), *evidence.found.pods]


def _last_words(record: Timeline) -> list[str]:
    """What Flagger said last of a Canary that did not begin, where it is not just idle chatter."""
    heard = [reasons.parse(text) for text in record.reasons()]
    return [one.words() for one in heard[-1:] if one.kind is not Kind.STEP]
