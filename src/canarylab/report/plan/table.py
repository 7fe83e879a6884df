"""A forecast as a table for the terminal: a line for each tick, and below it what Flagger says in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from canarylab.model import releases
from canarylab.model.forecast import Forecast, Tick, strategy
from canarylab.model.pains import Warned
from canarylab.report.plan import words

_HEAD = ("tick", "after the trigger", "phase", "canary", "primary", "iteration", "failed", "Flagger says")
Where = Callable[..., str]  # the keys that lead to a field -> file:line
_LEFT = {2, 7}  # the columns that are words


def render(
    forecast: Forecast, warnings: Sequence[Warned] = (), start: datetime | None = None, where: Where | None = None
) -> str:
    """The whole text; ``where`` tells the place of a field in the Canary's file."""
    head = (_HEAD[0], "time of day" if start else _HEAD[1], *_HEAD[2:])
    rows = [head, *(row for tick in forecast.ticks for row in _rows(tick, start))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = (_line(row, widths) for row in rows)
    told = [line for one in warnings for line in _warning(one, where)]
    return "\n".join([*_head(forecast), "", *lines, "", words.end(forecast), *told])


def _head(forecast: Forecast) -> Iterator[str]:
    canary = forecast.canary
    yield f"{canary.namespace}/{canary.name}: {strategy(canary)}"
    release, provider = releases.text(canary.flagger), canary.provider or "istio"
    failed = f"{canary.threshold} failed check{'s' * (canary.threshold != 1)} roll{'s' * (canary.threshold == 1)} back"
    yield f"Flagger {release}, {provider}; a tick each {canary.interval:g} s; {failed}"


def _rows(tick: Tick, start: datetime | None) -> Iterator[tuple[str, ...]]:
    state = tick.state
    said = [one.text for one in tick.told.events] or ["(nothing)"]
    if tick.waits:
        yield ("", "", "", "", "", "", "", f"(waits until the {tick.waits}'s pods are ready)")
    yield (
        str(tick.number), words.span(tick, start), state.phase, words.route(tick),
        f"{100 - state.route.canary}%", str(state.iteration or ""), str(state.failed or ""), said[0],
    )  # fmt: skip
    for text in said[1:]:
        yield ("", "", "", "", "", "", "", text)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if n in _LEFT else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def _warning(one: Warned, where: Where | None) -> Iterator[str]:
    path = ".".join(map(str, one.found.path))
    yield f"\n{one.pain.level.value} {one.pain.name}: {one.found.what}"
    yield f"  where:   {where(*one.found.path) + ' ' if where else ''}{path}"
    yield f"  instead: {one.found.instead}"
    yield f"  source:  {one.pain.source}"
