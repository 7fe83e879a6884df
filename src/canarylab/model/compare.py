"""Puts a plan beside the record of the rollout, tick by tick, and tells where they differ. Pure.

Ticks that only wait for pods are not planned. So between two steps of the plan the record may have more ticks where
pods have to become ready in between, up to their deadline; anywhere else it has to have exactly as many.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeVar

from canarylab.model import expectation, forecast
from canarylab.model.expectation import Stage, Step
from canarylab.model.forecast import OVERDUE, READYING
from canarylab.model.plan import GATES, Plan
from canarylab.model.rollout import WAITING, WAITING_PROMOTION
from canarylab.model.timeline import CanarySeen, RouteSeen, Timeline

_NONE = "nothing"
# The part of an interval by which a tick's status may be late on a busy machine, so that it is still that tick's.
_JITTER = 0.75
_WAITING = (WAITING, WAITING_PROMOTION)
S = TypeVar("S", bound=Step)
# The part of an interval for which a route has to stand to be one of its own, and after which a status is of another
# tick.
_WHILE = 0.2


@dataclass(frozen=True)
class Seen(Step):
    """A step of the record, and its monotonic second."""

    at: float = 0.0


@dataclass(frozen=True)
class Difference:
    """A step that the plan and the record do not share. ``tick`` is the plan's, 0 where it has none."""

    tick: int
    expected: str
    seen: str

    def __str__(self) -> str:
        where = f"tick {self.tick}" if self.tick else "between ticks"
        return f"{where}: expected {self.expected}, seen {self.seen}"


@dataclass(frozen=True)
class Row:
    """A step of the plan beside one of the record; either may be missing. ``late`` says what is wrong with its tick."""

    planned: Step | None
    seen: Seen | None
    late: str = ""

    @property
    def same(self) -> bool:
        both = self.planned and self.seen
        return bool(both and _shown(self.planned) == _shown(self.seen) and not self.late)

    def difference(self) -> Difference:
        tick = self.planned.tick if self.planned else 0
        return Difference(tick, _words(self.planned), f"{_words(self.seen)}{f', {self.late}' if self.late else ''}")


def compare(plan: Plan, timeline: Timeline, *, by_hand: bool = False) -> tuple[Difference, ...]:
    """Every difference, in order; none where they agree. ``by_hand``: gates were opened by somebody, at any time."""
    return tuple(row.difference() for row in rows(plan, timeline, by_hand=by_hand) if not row.same)


def unheard(plan: Plan, timeline: Timeline) -> tuple[str, ...]:
    """The Events of a plan that Flagger was not heard to say, in their order; whatever else it said does not count."""
    said, missing = list(timeline.since_trigger().reasons()), list[str]()
    for event in (event for tick in forecast.make(plan).ticks for event in tick.told.events):
        place = next((number for number, text in enumerate(said) if event.matches(text)), None)
        if place is None:
            missing.append(event.text)
        else:
            del said[: place + 1]
    return tuple(missing)


def side_by_side(found: Sequence[Row]) -> str:
    """All rows as text, those that differ marked."""
    head = ("", "planned", "seen")
    cells = [("" if row.same else ">", _numbered(row.planned), _numbered(row.seen) + _note(row)) for row in found]
    wide = max(len(cell[1]) for cell in [head, *cells])
    return "\n".join(f"{mark:2}{planned:{wide}}  {seen}".rstrip() for mark, planned, seen in [head, *cells])


def rows(plan: Plan, timeline: Timeline, *, by_hand: bool = False) -> list[Row]:
    """The plan's steps and the record's, side by side."""
    record = timeline.since_trigger()
    routed = any(True for _ in record.of(RouteSeen))
    planned = _distinct(expectation.of(plan).steps, routed)
    seen = _recorded(record, plan.canary.interval, routed)
    if by_hand:
        planned, seen = _once(planned), _once(seen)
    matcher = SequenceMatcher(None, [_shown(one) for one in planned], [_shown(one) for one in seen], autojunk=False)
    made: list[Row] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            made += [_timed(plan, planned[: a + n + 1], seen[: c + n + 1], by_hand=by_hand) for n in range(b - a)]
        else:
            made += _unlike(planned[a:b], seen[c:d])
    return made


def _unlike(planned: Sequence[Step], seen: Sequence[Seen]) -> Iterator[Row]:
    for number in range(max(len(planned), len(seen))):
        yield Row(planned[number] if number < len(planned) else None, seen[number] if number < len(seen) else None)


def _timed(plan: Plan, planned: Sequence[Step], seen: Sequence[Seen], *, by_hand: bool) -> Row:
    """The last of both, which are equal, and whether it came in its tick, counted from the pair before it."""
    row = Row(planned[-1], seen[-1])
    paired = len(planned) > 1 and len(seen) > 1 and _shown(planned[-2]) == _shown(seen[-2])
    if not paired or planned[-2].tick == 0:
        return row
    least, most = _bounds(plan, planned[-2], planned[-1], by_hand=by_hand)
    took = (seen[-1].at - seen[-2].at) / plan.canary.interval
    if least - _JITTER <= took <= most + _JITTER:
        return row
    wanted = f"{least}" if least == most else f"{least} to {most:g}"
    return replace(row, late=f"{took:.1f} ticks after the step before it instead of {wanted}")


def _bounds(plan: Plan, before: Step, after: Step, *, by_hand: bool) -> tuple[int, float]:
    """The least and the most ticks from one planned step to the next: more for pods, and any number for a gate."""
    rules = [tick.rule for tick in plan.ticks[before.tick - 1 : after.tick]]
    if by_hand and (before.stage.phase in _WAITING or any(rule in GATES for rule in rules)):
        return 1, math.inf
    least = after.tick - before.tick
    waits = sum(rule in READYING for rule in rules[:-1]) or int(rules[-1] in OVERDUE)
    return least, least + waits * (math.ceil(plan.canary.deadline / plan.canary.interval) + 1)


def _once(steps: Sequence[S]) -> list[S]:
    """Without what a closed gate repeats: in WaitingPromotion an A/B test goes through its last iteration again."""
    kept: list[S] = []
    for one in steps:
        again = [_shown(other) for other in kept if other.stage.phase == one.stage.phase == WAITING_PROMOTION]
        if _shown(one) not in again:
            kept.append(one)
    return kept


def _recorded(record: Timeline, interval: float, routed: bool) -> list[Seen]:
    """The record's steps; tick 0 is what stood before the trigger.

    In a tick Flagger writes the route, then the status. They come by two watches, so a route within half an interval
    of a status is the tick's whose status is nearest, unless it stood for a while and then changed again.
    """
    trigger = record.trigger()
    if trigger is None:
        return []
    statuses = [one for one in record.of(CanarySeen) if one.at >= trigger.at]
    changes = [one.at for one in record.of(RouteSeen) if one.at >= trigger.at]
    ended = zip(changes, [*changes[1:], math.inf], strict=False)
    alone = [at for at, end in ended if not _of_a_tick(at, end, statuses, interval)]
    told = [_seen(record, trigger.at, trigger.at)] if any(one.at < trigger.at for one in record.of(CanarySeen)) else []
    ours = _spans([one.at for one in statuses], interval) | {at: at + interval / 2 for at in alone}
    told += [_seen(record, at, ours[at]) for at in sorted(ours)]
    return list(_counted(_distinct(told, routed), interval, resting=bool(told) and told[0].at == trigger.at))


def _spans(statuses: Sequence[float], interval: float) -> dict[float, float]:
    """Until when a route is of a status' tick: half an interval, or half way to the status of the next tick."""

    def after(at: float) -> float:
        return next((one for one in statuses if one > at + interval * _WHILE), math.inf)

    return {at: min(at + interval / 2, (at + after(at)) / 2) for at in statuses}


def _counted(steps: Sequence[Seen], interval: float, *, resting: bool) -> Iterator[Seen]:
    """With the numbers of their ticks: at least one from step to step, and more where more time went by."""
    number = 0 if resting else 1
    for place, one in enumerate(steps):
        if place:
            apart = max(1, round((one.at - steps[place - 1].at) / interval))
            number += 1 if number == 0 else apart
        yield replace(one, tick=number)


def _of_a_tick(at: float, end: float, statuses: Sequence[CanarySeen], interval: float) -> bool:
    """Whether a route that stood from a second to another goes with a status."""
    half = interval / 2
    until = min(at + half, end) if end - at > interval * _WHILE else at + half
    return any(at - half <= one.at < until for one in statuses)


def _seen(record: Timeline, at: float, until: float) -> Seen:
    """The status as it was last seen at a second, and the route until another."""
    stages = [one.stage for one in record.of(CanarySeen) if one.at <= at]
    weights = [one.canary for one in record.of(RouteSeen) if one.at <= until]
    return Seen(0, stages[-1] if stages else Stage(""), weights[-1] if weights else 0, at)


def _distinct(steps: Sequence[S], routed: bool) -> list[S]:
    """Those that differ from the one before; without a route only the stages count."""
    seen = [one if routed else replace(one, weight=0) for one in steps]
    return [one for number, one in enumerate(seen) if number == 0 or _shown(one) != _shown(seen[number - 1])]


def _shown(step: Step | None) -> tuple[object, int] | None:
    return (step.stage, step.weight) if step else None


def _words(step: Step | None) -> str:
    return f"{step.stage}, route {step.weight}%" if step else _NONE


def _numbered(step: Step | None) -> str:
    return f"{step.tick:>3} {_words(step)}" if step else ""


def _note(row: Row) -> str:
    return f" ({row.late})" if row.late else ""
