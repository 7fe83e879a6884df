"""What a canary waits for, in words: the check of which tick, the query, the gate, the pods. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from canarylab.flagger import reasons
from canarylab.flagger.reasons import CHECKS, HOLDS, Kind, Reason
from canarylab.model.canary import Canary
from canarylab.model.expectation import Stage
from canarylab.model.rollout import CONFIRM_PROMOTION, CONFIRM_ROLLOUT, WAITING, WAITING_PROMOTION
from canarylab.model.ticks import Tick, ticks
from canarylab.model.timeline import CanarySeen, Timeline
from canarylab.verify import progress
from canarylab.verify.subject import Subject

# The gate behind a phase; Flagger says it once, when it comes to the phase, so that it may not have been heard.
GATES = {WAITING: CONFIRM_ROLLOUT, WAITING_PROMOTION: CONFIRM_PROMOTION}


@dataclass(frozen=True)
class Query:
    """A metric that had no value: its query as Flagger puts it, and what is missing."""

    metric: str
    query: str
    missing: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        if self.query:
            yield f"the query of {self.metric}: {self.query}"
        yield from self.missing


@dataclass(frozen=True)
class Found:
    """What was asked for when the rollout was over: pods that are not ready, and queries without a value."""

    pods: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()


NOTHING = Found()


@dataclass(frozen=True)
class Cause:
    """What holds the rollout: a reason, and the ticks in which it was said."""

    reason: Reason
    ticks: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.reason.words()}, {_in(self.ticks)}" if self.ticks else self.reason.words()


def _in(numbers: Sequence[int]) -> str:
    """``in tick 3``, ``in 4 ticks, from tick 3 to tick 6``."""
    if len(numbers) == 1:
        return f"in tick {numbers[0]}"
    return f"in {len(numbers)} ticks, from tick {numbers[0]} to tick {numbers[-1]}"


def causes(canary: Canary, record: Timeline) -> list[Cause]:
    """What holds the rollout at its last step, the most recent first."""
    step = _last_step(canary, record)
    said = [(reasons.parse(text), tick.number) for tick in step for text in tick.said]
    held = [(reason, number) for reason, number in said if reason.kind in CHECKS | HOLDS]
    groups: dict[tuple[Kind, str], Cause] = {}
    for reason, number in held:
        before = groups.pop(reason.subject, Cause(reason, ()))
        groups[reason.subject] = Cause(reason, tuple(dict.fromkeys((*before.ticks, number))))
    return list(groups.values())[::-1]


def _last_step(canary: Canary, record: Timeline) -> list[Tick]:
    """The ticks since the Canary came to its phase, weight and iteration, that one included."""
    begun = progress.begin(record)
    told = ticks(record.events[begun or 0 :], canary.interval)
    first, last = 0, None
    for number, one in enumerate(told):
        if one.stage is not None and _step(one.stage) != last:
            first, last = number, _step(one.stage)
    return told[first:]


def _step(stage: Stage) -> tuple[str, int, int]:
    return stage.phase, stage.weight, stage.iteration


def unready(canary: Canary, record: Timeline) -> int:
    """The last tick in which a workload was said not to be ready, if that is what holds the rollout; else 0."""
    held = causes(canary, record)[:1]
    return held[0].ticks[-1] if held and held[0].reason.kind is Kind.NOT_READY else 0


def short(subject: Subject, record: Timeline) -> str:
    """What holds the rollout, in a line; empty where nothing does, or nothing is known to."""
    if record.phase() not in progress.UNDER_WAY:
        return ""
    told = [str(one) for one in causes(subject.canary, record)[:1]]
    return next(iter([*told, *_closed(subject, record)]), "")


def explain(subject: Subject, record: Timeline, found: Found, at: float) -> list[str]:
    """Everything that is known of what a canary waits for at monotonic second ``at``."""
    held = causes(subject.canary, record)
    told = [*_where(record, at), *map(str, held)]
    if not any(one.reason.kind is Kind.GATE for one in held):
        told += _closed(subject, record)
    told += [line for one in found.queries for line in one.lines()]
    told += found.pods
    return told if len(told) > 1 else [*told, *_nothing(record, at)]


def _where(record: Timeline, at: float) -> Iterator[str]:
    seen = list(record.of(CanarySeen))
    if seen:
        steps = [_step(one.stage) for one in seen]
        since = next(one for number, one in enumerate(seen) if steps[number:].count(steps[-1]) == len(steps) - number)
        stage = replace(seen[-1].stage, iteration=max(0, seen[-1].iterations))  # -1 while it waits, by weights
        yield f"it is at {stage}, since {at - since.at:.0f} s"


def _closed(subject: Subject, record: Timeline) -> list[str]:
    """The gates that a phase waits for, as the Canary names them."""
    wanted = GATES.get(record.phase())
    named = [str(hook) for hook in subject.hooks if hook.type == wanted]
    return [f"the gate {' or '.join(named)} is closed"] if named else []


def _nothing(record: Timeline, at: float) -> Iterator[str]:
    last = max((one.at for one in record.events), default=at)
    yield f"Flagger has said and changed nothing for {at - last:.0f} s; see whether it runs"
