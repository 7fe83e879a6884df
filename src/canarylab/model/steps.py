"""From a record to its steps: status and route together, as each tick of Flagger left them. Pure.

In a tick Flagger writes the route, then the status. They come by two watches, so a route within half an interval of a
status is the tick's whose status is nearest, unless it stood for a while and then changed again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from canarylab.model.expectation import Stage, Step
from canarylab.model.timeline import CanarySeen, RouteSeen, Timeline

S = TypeVar("S", bound=Step)
# The part of an interval for which a route has to stand to be one of its own, and after which a status is of another
# tick.
_WHILE = 0.2


@dataclass(frozen=True)
class Seen(Step):
    """A step of the record, and its monotonic second."""

    at: float = 0.0


def seen(record: Timeline, interval: float) -> list[Seen]:
    """The steps from the trigger on, from the first event where there is none; tick 0 is what stood before it.

    ``record`` is of one rollout, ``interval`` the seconds between two ticks.
    """
    trigger = record.trigger()
    since = trigger.at if trigger else next((one.at for one in record.events), 0.0)
    statuses = [one.at for one in record.of(CanarySeen) if one.at >= since]
    changes = [one.at for one in record.of(RouteSeen) if one.at >= since]
    ended = zip(changes, [*changes[1:], math.inf], strict=False)
    alone = [at for at, end in ended if not _of_a_tick(at, end, statuses, interval)]
    before = [_step(record, since, since)] if any(one.at < since for one in record.of(CanarySeen)) else []
    ours = _spans(statuses, interval) | {at: at + interval / 2 for at in alone}
    told = distinct([*before, *(_step(record, at, ours[at]) for at in sorted(ours))])
    return list(_counted(told, interval, resting=bool(before)))


def distinct(steps: Sequence[S]) -> list[S]:
    """Those that differ from the one before."""
    return [one for number, one in enumerate(steps) if number == 0 or shown(one) != shown(steps[number - 1])]


def unrouted(steps: Sequence[S]) -> list[S]:
    """Those that differ where there is no route, so that only the stages count."""
    return distinct([replace(one, weight=0) for one in steps])


def shown(step: Step) -> tuple[object, int]:
    """What a record can show of a step, whenever it comes."""
    return step.stage, step.weight


def _spans(statuses: Sequence[float], interval: float) -> dict[float, float]:
    """Until when a route is of a status' tick: half an interval, or half way to the status of the next tick."""

    def after(at: float) -> float:
        return next((one for one in statuses if one > at + interval * _WHILE), math.inf)

    return {at: min(at + interval / 2, (at + after(at)) / 2) for at in statuses}


def _of_a_tick(at: float, end: float, statuses: Sequence[float], interval: float) -> bool:
    """Whether a route that stood from a second to another goes with a status."""
    half = interval / 2
    until = min(at + half, end) if end - at > interval * _WHILE else at + half
    return any(at - half <= one < until for one in statuses)


def _step(record: Timeline, at: float, until: float) -> Seen:
    """The status as it was last seen at a second, and the route until another."""
    stages = [one.stage for one in record.of(CanarySeen) if one.at <= at]
    weights = [one.canary for one in record.of(RouteSeen) if one.at <= until]
    return Seen(0, stages[-1] if stages else Stage(""), weights[-1] if weights else 0, at)


def _counted(steps: Sequence[Seen], interval: float, *, resting: bool) -> Iterator[Seen]:
    """With the numbers of their ticks: at least one from step to step, and more where more time went by."""
    number = 0 if resting else 1
    for place, one in enumerate(steps):
        if place:
            apart = max(1, round((one.at - steps[place - 1].at) / interval))
            number += 1 if number == 0 else apart
        yield replace(one, tick=number)
