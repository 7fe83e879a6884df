"""Holds a rollout's record against what was expected of it: one finding for each claim, pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from canarylab.model import compare, replay, traffic
from canarylab.model.canary import Canary
from canarylab.model.expectation import PROMOTED, STUCK, Expectation
from canarylab.model.timeline import LOG, PRIMARY, TARGET, FlaggerSaid, Timeline
from canarylab.model.traffic import Answer, Crowd, Share

LEAST_ANSWERS = 300
# Of a rollout whose split is right, one in a thousand is called wrong by chance. With 0.99, a run of twenty journeys
# would fail one time in five.
CONFIDENCE = 0.999


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
        """What is wrong comes first, so that a screen shows it."""
        return "\n".join(map(str, sorted(self.findings, key=lambda one: one.holds)))


@dataclass(frozen=True)
class Evidence:
    """Everything that a verdict is made from; without answers of users nothing is claimed about them."""

    canary: Canary
    timeline: Timeline
    crowds: Sequence[Crowd]

    def shares(self, crowd: Crowd) -> list[Share]:
        """A crowd's answers in each time in which the canary had a weight above zero."""
        windows = [one for one in self.timeline.since_trigger().windows() if one.weight]
        return [traffic.share(one, crowd, self.canary.target, self.canary.primary) for one in windows]


def judge(evidence: Evidence, expected: Expectation) -> Verdict:
    """Every claim of an expectation."""
    record = evidence.timeline.since_trigger()
    ticks = _ticks(record, expected)
    findings = [_no_gap(record), _stages(record, expected), _route(record, expected), *ticks]
    if all(one.holds for one in ticks):  # other ticks have other words, of course
        findings += _words(record, expected)
    findings += [_explained(evidence.canary, record), *_workloads(evidence.canary, record, expected)]
    shares = [evidence.shares(crowd) for crowd in evidence.crowds]
    splits = sum(len(each) + 1 for each in shares)
    for crowd, each in zip(evidence.crowds, shares, strict=True):
        findings += [*_splits(crowd, each, splits), *_spared(record, crowd), _users(record, crowd, each, expected)]
    return Verdict(tuple(findings))


def _no_gap(record: Timeline) -> Finding:
    seen = "; ".join(one.words() for one in record.gaps())
    return Finding("nothing was missed", not seen, "no gap", seen or f"{len(record.events)} events")


def _stages(record: Timeline, expected: Expectation) -> Finding:
    seen = record.stages()
    return Finding(f"the Canary was {expected.outcome}", seen == expected.stages, _row(expected.stages), _row(seen))


def _route(record: Timeline, expected: Expectation) -> Finding:
    """Without a route object nothing can be said; then none may be expected to change."""
    seen = record.route() or (0,)
    return Finding("the route's weights", seen == expected.route, _row(expected.route), _row(seen))


def _ticks(record: Timeline, expected: Expectation) -> list[Finding]:
    """The plan beside the record, tick by tick; what somebody did meanwhile, such as opening a gate, took its time."""
    if expected.plan is None:
        return []
    rows = compare.rows(expected.plan, record, by_hand=compare.touched(record))
    same = all(row.same for row in rows)
    seen = f"all {len(rows)} steps" if same else f"\n{compare.side_by_side(rows)}"
    return [Finding("every tick as it was planned", same, f"all {len(expected.steps)} steps in their ticks", seen)]


def _words(record: Timeline, expected: Expectation) -> list[Finding]:
    """Each Event of the plan. Only Flagger's log tells all of them, and only where nothing of the record was missed."""
    heard = {one.source for one in record.of(FlaggerSaid)}
    if expected.plan is None or heard != {LOG} or record.gaps():
        return []
    by_hand = compare.touched(record)
    planned = len(compare.words(expected.plan, by_hand=by_hand))
    missing = compare.unheard(expected.plan, record, by_hand=by_hand)
    seen = f"never, or not in this order: {'; '.join(missing)}" if missing else f"all {planned} Events"
    return [Finding("Flagger said what was planned", not missing, f"all {planned} Events of the plan, in order", seen)]


def _explained(canary: Canary, record: Timeline) -> Finding:
    """Whether Flagger's table, given anything that its ticks may have seen, can show this record at all."""
    odd = replay.unexplained(canary, record.stages(), record.route())
    claim, wanted = "Flagger's rules explain the record", "every step"
    return Finding(claim, odd is None, wanted, str(odd) if odd else wanted)


def _workloads(canary: Canary, record: Timeline, expected: Expectation) -> list[Finding]:
    """Nothing where the target is a Service: of such a one Flagger makes no copy, and scales nothing."""
    return [] if canary.kind == "Service" else [_images(record, expected), *_scaled_down(record, expected)]


def _images(record: Timeline, expected: Expectation) -> Finding:
    """The primary ends with the target's images, or with those that it had."""
    primary, target = record.workloads(PRIMARY), record.workloads(TARGET)
    if not primary or not target:
        return Finding("the primary's images", False, "the primary and the target", "one of them never")
    wanted = target[-1].images if expected.outcome == PROMOTED else primary[0].images
    changed = {name: f"{primary[0].images.get(name)} -> {image}" for name, image in primary[-1].images.items()}
    seen = ", ".join(changed.values())
    return Finding("the primary's images", primary[-1].images == wanted, ", ".join(wanted.values()), seen)


def _scaled_down(record: Timeline, expected: Expectation) -> list[Finding]:
    """At the end of a rollout, whichever way it went."""
    if expected.outcome == STUCK:
        return []
    seen = record.workloads(TARGET)
    last = f"{seen[-1].replicas} replicas" if seen else "never seen"
    return [Finding("the target is scaled to zero", bool(seen) and seen[-1].replicas == 0, "0 replicas", last)]


def _splits(crowd: Crowd, shares: Sequence[Share], splits: int) -> list[Finding]:
    """One for each weight and one for all; a rollout's hold by chance with CONFIDENCE, each with its part of it."""
    if not crowd.told:
        return []
    each = 1 - (1 - CONFIDENCE) / max(1, splits)
    overall = [_overall(crowd, shares, each)] if len(shares) > 1 else []
    return [*(_split(crowd, share, each) for share in shares), *overall]


def _overall(crowd: Crowd, shares: Sequence[Share], confidence: float) -> Finding:
    """A skew too small to show at one weight shows over all of them."""
    least, most = traffic.allowed_overall(shares, confidence)
    total, canary = sum(one.total for one in shares), sum(one.canary for one in shares)
    wanted = f"{least} to {most} of {total} by the canary"
    return Finding(f"{crowd.name}: answers over all weights", least <= canary <= most, wanted, f"{canary} of {total}")


def _split(crowd: Crowd, share: Share, confidence: float) -> Finding:
    least, most = traffic.allowed(share, confidence)
    enough = share.total >= LEAST_ANSWERS
    claim = f"{crowd.name}: answers at weight {share.weight}"
    wanted = f"{least} to {most} of {share.total} by the canary" if enough else f"{LEAST_ANSWERS} answers or more"
    percent = 100 * share.canary / share.total if share.total else 0.0
    seen = f"{share.canary} of {share.total} by the canary ({percent:.1f}%)"
    return Finding(claim, enough and least <= share.canary <= most, wanted, seen)


def _spared(record: Timeline, crowd: Crowd) -> list[Finding]:
    """Before and after, when the canary has no traffic, no user may fail."""
    windows = [one for one in record.windows() if one.weight == 0]
    if not windows:
        return []
    seen = [one for window in windows for one in crowd.under(window)]
    bad = sum(not one.good for one in seen)
    claim = f"{crowd.name}: answers while the canary has no traffic"
    return [Finding(claim, bool(seen) and not bad, "none failed", f"{bad} of {len(seen)} failed")]


def _users(record: Timeline, crowd: Crowd, shares: Sequence[Share], expected: Expectation) -> Finding:
    """The objective that the weights imply: at worst all that the canary serves fails, and nothing else."""
    trigger = record.trigger()
    since = [one for one in crowd.answers if trigger and one.sent >= trigger.at]
    bad = sum(not one.good for one in since)
    failing = 0 if expected.outcome == PROMOTED else _most_failing(record, crowd, shares)
    rate = 100 * (1 - bad / len(since)) if since else 0.0
    objective = 100 * (1 - failing / len(since)) if since else 100.0
    return Finding(
        f"{crowd.name}: success rate", bool(since) and rate >= objective,
        f"{objective:.2f}% or more of {len(since)}", f"{rate:.2f}%: {bad} of {len(since)} failed",
    )  # fmt: skip


def _most_failing(record: Timeline, crowd: Crowd, shares: Sequence[Share]) -> int:
    """As many as the canary may have served; answers between two weights count as the larger one's."""
    windows = record.windows()
    between = []
    for before, after in itertools.pairwise(windows):
        answers = sum(_around(one, after.start, crowd.settle) for one in crowd.answers)
        between.append(Share(max(crowd.weight(before), crowd.weight(after)), answers, 0, 0))
    return sum(traffic.allowed(share, CONFIDENCE)[1] for share in [*shares, *between])


def _around(answer: Answer, change: float, settle: float) -> bool:
    return answer.answered > change - traffic.LATE and answer.sent < change + settle


def _row(values: Sequence[object]) -> str:
    return " > ".join(map(str, values))
