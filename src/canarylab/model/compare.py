"""Puts a plan beside the record of the rollout, tick by tick, and tells where they differ. Pure.

Ticks that only wait for pods are not planned. So between two steps of the plan the record may have more ticks where
pods have to become ready in between, up to their deadline; anywhere else it has to have exactly as many.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

from canarylab.model import expectation, forecast, steps
from canarylab.model.expectation import Step
from canarylab.model.forecast import OVERDUE, READYING
from canarylab.model.plan import GATES, Plan
from canarylab.model.rollout import WAITING, WAITING_PROMOTION
from canarylab.model.said import Said
from canarylab.model.steps import S, Seen, shown
from canarylab.model.timeline import Acted, RouteSeen, Timeline

# The part of an interval by which a tick's status may be late on a busy machine, so that it is still that tick's.
_JITTER = 0.75
_WAITING = (WAITING, WAITING_PROMOTION)


@dataclass(frozen=True)
class Row:
    """A step of the plan beside one of the record; either may be missing. ``late`` says what is wrong with its tick."""

    planned: Step | None
    seen: Seen | None
    late: str = ""

    @property
    def alike(self) -> bool:
        """Whether both show the same, in whatever tick."""
        return self.planned is not None and self.seen is not None and shown(self.planned) == shown(self.seen)

    @property
    def same(self) -> bool:
        return self.alike and not self.late


def touched(record: Timeline) -> bool:
    """Whether somebody did something meanwhile, such as opening a gate, which took its time."""
    return any(True for _ in record.of(Acted))


def rows(plan: Plan, record: Timeline, *, by_hand: bool = False) -> list[Row]:
    """The plan's steps and those of the record of its rollout, and whether each came in its tick.

    ``by_hand``: gates were opened by somebody, at any time.
    """
    found = aligned(expectation.of(plan).steps, record, plan.canary.interval, by_hand=by_hand)
    return [*found[:1], *(_timed(plan, before, row, by_hand=by_hand) for before, row in pairwise(found))]


def aligned(planned: Sequence[Step], record: Timeline, interval: float, *, by_hand: bool = False) -> list[Row]:
    """Planned steps and those of a record side by side; where they are not alike, those of the same place."""
    found = steps.seen(record, interval)
    routed = any(True for _ in record.of(RouteSeen))
    wanted = steps.distinct(planned) if routed else steps.unrouted(planned)
    if by_hand:
        wanted, found = _once(wanted), _once(found)
    blocks = SequenceMatcher(None, [*map(shown, wanted)], [*map(shown, found)], autojunk=False).get_opcodes()
    return [Row(*pair) for _, a, b, c, d in blocks for pair in zip_longest(wanted[a:b], found[c:d])]


def _once(told: Sequence[S]) -> list[S]:
    """Without what a closed gate repeats: in WaitingPromotion an A/B test goes through its last iteration again."""
    kept: list[S] = []
    for one in told:
        again = [shown(other) for other in kept if other.stage.phase == one.stage.phase == WAITING_PROMOTION]
        if shown(one) not in again:
            kept.append(one)
    return kept


def _timed(plan: Plan, before: Row, row: Row, *, by_hand: bool) -> Row:
    """Whether a step came in its tick, counted from the one before it; where either is missing nothing can be said."""
    first, second = _both(before), _both(row)
    if first is None or second is None or first[0].tick == 0:
        return row
    least, most = _bounds(plan, first[0], second[0], by_hand=by_hand)
    took = (second[1].at - first[1].at) / plan.canary.interval
    if least - _JITTER <= took <= most + _JITTER:
        return row
    wanted = f"{least}" if least == most else f"{least} to {most:g}"
    return replace(row, late=f"{took:.1f} ticks after the step before it instead of {wanted}")


def _both(row: Row) -> tuple[Step, Seen] | None:
    return (row.planned, row.seen) if row.alike and row.planned and row.seen else None


def _bounds(plan: Plan, before: Step, after: Step, *, by_hand: bool) -> tuple[int, float]:
    """The least and the most ticks from one planned step to the next: more for pods, and any number for a gate."""
    rules = [tick.rule for tick in plan.ticks[before.tick - 1 : after.tick]]
    if by_hand and (before.stage.phase in _WAITING or any(rule in GATES for rule in rules)):
        return 1, math.inf
    least = after.tick - before.tick
    waits = sum(rule in READYING for rule in rules[:-1]) or int(rules[-1] in OVERDUE)
    return least, least + waits * (math.ceil(plan.canary.deadline / plan.canary.interval) + 1)


def side_by_side(found: Sequence[Row]) -> str:
    """All rows as text, those that differ marked."""
    head = ("", "planned", "seen")
    cells = [("" if row.same else ">", _numbered(row.planned), _numbered(row.seen) + _note(row)) for row in found]
    wide = max(len(cell[1]) for cell in [head, *cells])
    return "\n".join(f"{mark:2}{planned:{wide}}  {seen}".rstrip() for mark, planned, seen in [head, *cells])


def _numbered(step: Step | None) -> str:
    return f"{step.tick:>3} {step.stage}, route {step.weight}%" if step else ""


def _note(row: Row) -> str:
    return f" ({row.late})" if row.late else ""


def unheard(plan: Plan, record: Timeline, *, by_hand: bool = False) -> tuple[str, ...]:
    """The Events of a plan that Flagger was not heard to say, in their order; whatever else it said does not count.

    ``by_hand``: of ticks that are alike, such as those of a closed gate, one is enough.
    """
    said, missing = list(record.reasons()), list[str]()
    for event in words(plan, by_hand=by_hand):
        place = next((number for number, text in enumerate(said) if event.matches(text)), None)
        if place is None:
            missing.append(event.text)
        else:
            del said[: place + 1]
    return tuple(missing)


def words(plan: Plan, *, by_hand: bool = False) -> list[Said]:
    """The Events of a plan that a record has to have. One without an end is cut off at any moment, so that nothing may
    have been said yet of its last step.
    """
    ticks = list(forecast.make(plan).ticks)
    if plan.waits:
        ticks = ticks[: max(0, expectation.of(plan).steps[-1].tick - 1)]
    if by_hand:
        first = {(tick.rule, tick.state): tick for tick in reversed(ticks)}
        ticks = sorted(first.values(), key=lambda tick: tick.number)
    return [event for tick in ticks for event in tick.told.events]
