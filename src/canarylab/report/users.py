"""What users saw, as a report shows it: their answers counted for each second and for each weight. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from canarylab.model import traffic
from canarylab.model.traffic import Answer, Crowd
from canarylab.model.verdict import CONFIDENCE, Evidence

_BEFORE = 10.0  # seconds before the trigger that are shown


@dataclass(frozen=True)
class Second:
    """The answers to what was sent in one second, ``at`` of the record's clock. Latencies are milliseconds.

    ``canary`` counts those of the new revision; ``p50`` and ``p99`` are nearest ranks.
    """

    at: int
    answers: int
    failed: int
    canary: int
    p50: float
    p99: float


@dataclass(frozen=True)
class Split:
    """The answers while the canary had a weight, and the least and the most of them that may be the canary's."""

    weight: int
    start: float
    end: float
    total: int
    canary: int
    least: int
    most: int

    @property
    def holds(self) -> bool:
        return self.least <= self.canary <= self.most


@dataclass(frozen=True)
class Users:
    """One crowd."""

    name: str
    seconds: tuple[Second, ...]
    splits: tuple[Split, ...]

    @property
    def answers(self) -> int:
        return sum(one.answers for one in self.seconds)

    @property
    def failed(self) -> int:
        return sum(one.failed for one in self.seconds)


def of(evidence: Evidence) -> tuple[Users, ...]:
    """Each crowd, from shortly before the trigger on."""
    trigger = evidence.timeline.trigger()
    since = trigger.at - _BEFORE if trigger else -math.inf
    return tuple(_users(evidence, crowd, since) for crowd in evidence.crowds)


def _users(evidence: Evidence, crowd: Crowd, since: float) -> Users:
    told: dict[int, list[Answer]] = {}
    for one in crowd.answers:
        if one.sent >= since:
            told.setdefault(math.floor(one.sent), []).append(one)
    target, primary = evidence.canary.target, evidence.canary.primary
    seconds = tuple(_second(at, answers, target, primary) for at, answers in sorted(told.items()))
    return Users(crowd.name, seconds, _splits(evidence, crowd))


def _second(at: int, answers: Sequence[Answer], target: str, primary: str) -> Second:
    took = sorted(1000 * (one.answered - one.sent) for one in answers)
    return Second(
        at=at,
        answers=len(answers),
        failed=sum(not one.good for one in answers),
        canary=sum(traffic.served_by_canary(one, target, primary) for one in answers),
        p50=_rank(took, 0.50),
        p99=_rank(took, 0.99),
    )


def _rank(ordered: Sequence[float], share: float) -> float:
    return round(ordered[math.ceil(share * len(ordered)) - 1], 1)


def _splits(evidence: Evidence, crowd: Crowd) -> tuple[Split, ...]:
    """One for each time in which the canary had traffic, with the bounds of one weight alone."""
    if not crowd.told:
        return ()
    windows = [one for one in evidence.timeline.since_trigger().windows() if one.weight]
    last = max((one.sent for one in crowd.answers), default=0.0)
    return tuple(
        Split(share.weight, one.start, one.end or last, share.total, share.canary, *traffic.allowed(share, CONFIDENCE))
        for one, share in zip(windows, evidence.shares(crowd), strict=True)
    )
