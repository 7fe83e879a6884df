"""The live view of a canary: what a timeline says now, as rows of text; pure, the terminal is somebody else's."""

from __future__ import annotations

import math
from dataclasses import dataclass

from canarylab.model.canary import Canary
from canarylab.model.expectation import TERMINAL
from canarylab.model.timeline import CanarySeen, FlaggerSaid, RouteSeen, Timeline

IDLE = frozenset({"", "Initialized", *TERMINAL})


@dataclass(frozen=True)
class Now:
    """One canary at one moment. ``next_tick`` is in seconds; None while Flagger has nothing to do."""

    name: str
    phase: str
    weight: str
    checks: str
    reason: str
    next_tick: float | None


def now(canary: Canary, timeline: Timeline, at: float) -> Now:
    """The state at monotonic second ``at``."""
    seen, said = list(timeline.of(CanarySeen)), list(timeline.of(FlaggerSaid))
    last = seen[-1] if seen else None
    return Now(
        name=f"{canary.namespace}/{canary.name}",
        phase=last.phase if last else "",
        weight=_weight(timeline, last),
        checks=f"{last.failed} of {canary.threshold} failed" if last else "",
        reason=said[-1].text if said else (last.reason if last else "the Canary does not exist yet"),
        next_tick=_next_tick(canary, timeline, at) if last and last.phase not in IDLE else None,
    )


def _weight(timeline: Timeline, last: CanarySeen | None) -> str:
    """The canary's share in the status, and in the route where that differs or is all there is."""
    routes = list(timeline.of(RouteSeen))
    told, routed = (last.weight if last else 0), (routes[-1].canary if routes else None)
    return f"{told}%" if routed in (None, told) else f"{told}% (route: {routed}%)"


def _next_tick(canary: Canary, timeline: Timeline, at: float) -> float:
    """Flagger changes a status and speaks only in its ticks, which come at even intervals."""
    ticks = [one.at for one in timeline.events if isinstance(one, CanarySeen | FlaggerSaid)]
    since = at - ticks[-1]
    return canary.interval - math.fmod(since, canary.interval)
