"""Holds a rollout's record against what was expected of it: one finding for each claim, pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from canarylab.model import traffic
from canarylab.model.canary import Canary
from canarylab.model.expectation import PROMOTED, Expectation
from canarylab.model.timeline import PRIMARY, TARGET, Timeline
from canarylab.model.traffic import Answer, Share

LEAST_ANSWERS = 300
CONFIDENCE = 0.99


@dataclass(frozen=True)
class Finding:
    """One claim about the record, and whether it holds."""

    claim: str
    holds: bool
    expected: str
    seen: str

    def __str__(self) -> str:
        if self.holds:
            return f"ok    {self.claim}: {self.seen}"
        return f"WRONG {self.claim}\n        expected: {self.expected}\n        seen:     {self.seen}"


@dataclass(frozen=True)
class Verdict:
    """All findings about one rollout; it holds when each of them does."""

    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.findings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))


@dataclass(frozen=True)
class Evidence:
    """Everything that a verdict is made from; without answers of users nothing is claimed about them."""

    canary: Canary
    timeline: Timeline
    answers: Sequence[Answer]

    def shares(self) -> list[Share]:
        """The users' answers for each weight above zero."""
        windows = [one for one in self.timeline.since_trigger().windows() if one.weight]
        return [traffic.share(one, self.answers, self.canary.target, self.canary.primary) for one in windows]


def judge(evidence: Evidence, expected: Expectation) -> Verdict:
    """Every claim of an expectation."""
    record = evidence.timeline.since_trigger()
    findings = [_no_gap(record), _stages(record, expected), _route(record, expected)]
    findings += [_images(record, expected), _scaled_down(record)]
    if evidence.answers:
        findings += [*_splits(evidence), _spared(evidence), _users(evidence, expected)]
    return Verdict(tuple(findings))


def _no_gap(record: Timeline) -> Finding:
    seen = "; ".join(one.words() for one in record.gaps())
    return Finding("nothing was missed", not seen, "no gap", seen or f"{len(record.events)} events")


def _stages(record: Timeline, expected: Expectation) -> Finding:
    seen = record.stages()
    return Finding(f"the Canary was {expected.outcome}", seen == expected.stages, _row(expected.stages), _row(seen))


def _route(record: Timeline, expected: Expectation) -> Finding:
    seen = record.route()
    return Finding("the route's weights", seen == expected.route, _row(expected.route), _row(seen))


def _images(record: Timeline, expected: Expectation) -> Finding:
    """The primary ends with the target's images, or with those that it had."""
    primary, target = record.workloads(PRIMARY), record.workloads(TARGET)
    if not primary or not target:
        return Finding("the primary's images", False, "the primary and the target", "one of them never")
    wanted = target[-1].images if expected.outcome == PROMOTED else primary[0].images
    changed = {name: f"{primary[0].images.get(name)} -> {image}" for name, image in primary[-1].images.items()}
    seen = ", ".join(changed.values())
    return Finding("the primary's images", primary[-1].images == wanted, ", ".join(wanted.values()), seen)


def _scaled_down(record: Timeline) -> Finding:
    seen = record.workloads(TARGET)
    last = f"{seen[-1].replicas} replicas" if seen else "never seen"
    return Finding("the target is scaled to zero", bool(seen) and seen[-1].replicas == 0, "0 replicas", last)


def _splits(evidence: Evidence) -> list[Finding]:
    """One for each weight; together they hold by chance with CONFIDENCE, each with its part of it."""
    shares = evidence.shares()
    each = 1 - (1 - CONFIDENCE) / max(1, len(shares))
    return [_split(share, each) for share in shares]


def _split(share: Share, confidence: float) -> Finding:
    least, most = traffic.allowed(share, confidence)
    enough = share.total >= LEAST_ANSWERS
    claim = f"users' answers at weight {share.weight}"
    wanted = f"{least} to {most} of {share.total} by the canary" if enough else f"{LEAST_ANSWERS} answers or more"
    percent = 100 * share.canary / share.total if share.total else 0.0
    seen = f"{share.canary} of {share.total} by the canary ({percent:.1f}%)"
    return Finding(claim, enough and least <= share.canary <= most, wanted, seen)


def _spared(evidence: Evidence) -> Finding:
    """Before and after, when the canary has no traffic, no user may fail."""
    since = evidence.timeline.since_trigger()
    windows = [one for one in since.windows() if one.weight == 0]
    seen = [one for window in windows for one in traffic.under(window, evidence.answers)]
    bad = sum(not one.good for one in seen)
    return Finding("users' answers at weight 0", bool(seen) and not bad, "none failed", f"{bad} of {len(seen)} failed")


def _users(evidence: Evidence, expected: Expectation) -> Finding:
    """The objective that the weights imply: at worst all that the canary serves fails, and nothing else."""
    trigger = evidence.timeline.trigger()
    since = [one for one in evidence.answers if trigger and one.sent >= trigger.at]
    bad = sum(not one.good for one in since)
    failing = 0 if expected.outcome == PROMOTED else sum(_most_failing(one) for one in evidence.shares())
    unsettled = 0 if expected.outcome == PROMOTED else _unsettled(evidence)
    rate = 100 * (1 - bad / len(since)) if since else 0.0
    objective = 100 * (1 - (failing + unsettled) / len(since)) if since else 100.0
    return Finding(
        "users' success rate", bool(since) and rate >= objective,
        f"{objective:.2f}% or more of {len(since)}", f"{rate:.2f}%: {bad} of {len(since)} failed",
    )  # fmt: skip


def _most_failing(share: Share) -> int:
    return traffic.allowed(share, CONFIDENCE)[1]


def _unsettled(evidence: Evidence) -> int:
    """Answers between two weights, when either may have been in force: they count as the larger one's."""
    windows = evidence.timeline.since_trigger().windows()
    unsettled = 0
    for before, after in itertools.pairwise(windows):
        between = [one for one in evidence.answers if before.end and _around(one, after.start)]
        largest = Share(max(before.weight, after.weight), len(between), 0, 0)
        unsettled += _most_failing(largest)
    return unsettled


def _around(answer: Answer, change: float) -> bool:
    return answer.answered > change and answer.sent < change + traffic.SETTLE


def _row(values: Sequence[object]) -> str:
    return " > ".join(map(str, values))
