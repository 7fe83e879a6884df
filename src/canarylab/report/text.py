"""A timeline as text: one line an event, seconds from the trigger first."""

from __future__ import annotations

from collections.abc import Iterator

from canarylab.model.timeline import Event, Timeline


def line(event: Event, zero: float) -> str:
    """``+12.3 canary   Progressing 20%``."""
    return f"{event.at - zero:+8.1f}  {event.source:8} {event.words()}"


def table(timeline: Timeline) -> str:
    """Every event; without a trigger the first event is second 0."""
    trigger = timeline.trigger()
    zero = trigger.at if trigger else (timeline.events[0].at if timeline.events else 0.0)
    return "\n".join(line(one, zero) for one in news(timeline))


def news(timeline: Timeline) -> Iterator[Event]:
    """The events that say something else than the one of their source before."""
    last: dict[str, str] = {}
    for one in timeline.events:
        if last.get(one.source) != one.words():
            yield one
        last[one.source] = one.words()
