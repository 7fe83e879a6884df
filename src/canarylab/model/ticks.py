"""Flagger's ticks, as a record shows them: what was seen and said in each. Pure.

Flagger changes a Canary's status and speaks only in its ticks, which come at even intervals. A tick in which it
did neither leaves no trace, so ticks are counted by time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from canarylab.model.expectation import Stage
from canarylab.model.timeline import CanarySeen, Event, FlaggerSaid


@dataclass(frozen=True)
class Tick:
    """The ``number`` counts from 1, the tick of the first event. ``stage`` is what the Canary came to, if it moved."""

    number: int
    at: float
    stage: Stage | None
    said: tuple[str, ...]


def ticks(events: Iterable[Event], interval: float) -> list[Tick]:
    """The ticks that left a trace, in order."""
    told: dict[int, list[Event]] = {}
    first: float | None = None
    for one in events:
        if isinstance(one, CanarySeen | FlaggerSaid):
            first = one.at if first is None else first
            told.setdefault(round((one.at - first) / interval) + 1, []).append(one)
    return [_tick(number, seen) for number, seen in told.items()]


def _tick(number: int, events: list[Event]) -> Tick:
    stages = [one.stage for one in events if isinstance(one, CanarySeen)]
    said = tuple(one.text for one in events if isinstance(one, FlaggerSaid))
    return Tick(number, events[0].at, stages[-1] if stages else None, said)
