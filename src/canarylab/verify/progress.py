"""How far a rollout that is followed has come: awaited, on its way, ended, never begun, or stuck. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from canarylab.model.expectation import TERMINAL
from canarylab.model.rollout import FINALISING, INITIALIZING, PROGRESSING, PROMOTING, WAITING, WAITING_PROMOTION
from canarylab.model.timeline import CanarySeen, Event, Gap, Timeline

UNDER_WAY = frozenset({PROGRESSING, WAITING, WAITING_PROMOTION, PROMOTING, FINALISING})


class Standing(Enum):
    """Where a rollout stands."""

    AWAITED = "awaited"
    RUNNING = "running"
    ENDED = "ended"
    NEVER = "never begun"
    STUCK = "stuck"

    @property
    def over(self) -> bool:
        """Whether there is no use in following any longer."""
        return self in (Standing.ENDED, Standing.NEVER, Standing.STUCK)


@dataclass(frozen=True)
class Limits:
    """Seconds for a rollout to begin, from when it is followed on, and to end, from its begin on."""

    start: float
    end: float


def standing(timeline: Timeline, followed: float, at: float, limits: Limits) -> Standing:
    """Where it stands at monotonic second ``at``; it is followed since ``followed``."""
    begun = begin(timeline)
    if begun is None:
        return Standing.NEVER if at - followed > limits.start else Standing.AWAITED
    if end(timeline, begun) is not None:
        return Standing.ENDED
    return Standing.STUCK if at - timeline.events[begun].at > limits.end else Standing.RUNNING


def begin(timeline: Timeline) -> int | None:
    """The place of the event with which the rollout begins, or was joined; None before.

    A Canary whose first start fails has no rollout before its end; its end is its begin.
    """
    before = None
    for number, one in enumerate(timeline.events):
        if isinstance(one, CanarySeen):
            if one.phase in UNDER_WAY or (one.phase in TERMINAL and before in ("", INITIALIZING)):
                return number
            before = one.phase
    return None


def end(timeline: Timeline, begun: int) -> int | None:
    """The place of the event with which it ends."""
    phases = ((number, one) for number, one in enumerate(timeline.events) if isinstance(one, CanarySeen))
    return next((number for number, one in phases if number >= begun and one.phase in TERMINAL), None)


def rollout(timeline: Timeline) -> Timeline:
    """The one rollout: before it the last thing seen of each source, after it no Canary of a next one."""
    begun = begin(timeline)
    if begun is None:
        return timeline
    ended = end(timeline, begun)
    before = {one.source: number for number, one in enumerate(timeline.events[:begun]) if not isinstance(one, Gap)}
    kept = [timeline.events[number] for number in sorted(before.values())]
    return Timeline([*kept, *(one for n, one in enumerate(timeline.events) if n >= begun and not _next(one, n, ended))])


def _next(one: Event, number: int, ended: int | None) -> bool:
    return ended is not None and number > ended and isinstance(one, CanarySeen)


def seconds(timeline: Timeline, at: float) -> float:
    """How long the rollout took, or has taken until ``at``; 0 before it began."""
    begun = begin(timeline)
    if begun is None:
        return 0.0
    ended = end(timeline, begun)
    return (timeline.events[ended].at if ended is not None else at) - timeline.events[begun].at
