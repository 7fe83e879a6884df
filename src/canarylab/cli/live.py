"""Canaries that are followed, shown as they go: a table on a terminal, a line for each event elsewhere."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import click

from canarylab.model.timeline import Event, Timeline
from canarylab.observe import view
from canarylab.observe.observer import Observer
from canarylab.report import text
from canarylab.verify import stuck
from canarylab.verify.subject import Subject

Pairs = Sequence[tuple[Subject, Observer]]

_REFRESH = 0.25  # seconds


def follow(pairs: Pairs, over: Callable[[], bool], *, as_json: bool = False, err: bool = False) -> None:
    """Shows them until it is over; ``err`` keeps standard output free for something else."""
    if sys.stdout.isatty() and not as_json and not err:
        show(pairs, over)
    else:
        tell(pairs, over, as_json=as_json, err=err)


def tell(pairs: Pairs, over: Callable[[], bool], *, as_json: bool, err: bool) -> None:
    """A line for each event that says something new, as it comes, and for each change of what a canary waits for."""
    tellers = [Teller(subject, time.monotonic(), as_json=as_json) for subject, _ in pairs]
    last = False
    while not last:
        last = over()
        for teller, (_, observer) in zip(tellers, pairs, strict=True):
            for line in teller.news(observer.record.timeline):
                click.echo(line, err=err)
        time.sleep(0 if last else _REFRESH)


class Teller:
    """What is new of one canary since it was asked last; seconds count from ``began``."""

    def __init__(self, subject: Subject, began: float, *, as_json: bool) -> None:
        self._subject, self._began, self._as_json = subject, began, as_json
        self._told, self._waits = 0, ""

    def news(self, seen: Timeline) -> Iterator[str]:
        """JSON has every event; text has those that say something else than their source did before."""
        new = seen.events[self._told :]
        kept = new if self._as_json else [one for one in text.news(seen) if one in new]
        self._told = len(seen.events)
        yield from map(self._line, kept)
        if not self._as_json:
            yield from self._held(stuck.short(self._subject, seen))

    def _line(self, event: Event) -> str:
        if self._as_json:
            return json.dumps({"canary": self._subject.title, **event.facts()})
        return f"{self._subject.title} {text.line(event, self._began)}"

    def _held(self, words: str) -> Iterator[str]:
        if words and words != self._waits:
            yield f"{self._subject.title} {'':10}{'waits:':8} {words}"
        self._waits = words


def show(pairs: Pairs, over: Callable[[], bool]) -> None:
    """A table that is drawn again and again."""
    from rich.live import Live  # noqa: PLC0415 - only a terminal needs it

    with Live(auto_refresh=False) as live:
        while not over():
            live.update(table(rows(pairs, time.monotonic())), refresh=True)
            time.sleep(_REFRESH)
        live.update(table(rows(pairs, time.monotonic())), refresh=True)


def rows(pairs: Pairs, at: float) -> list[view.Now]:
    """Each canary at a monotonic second; what it waits for stands for the last reason."""
    found = []
    for subject, observer in pairs:
        seen = observer.record.timeline
        row = view.now(subject.canary, seen, at)
        found.append(replace(row, reason=stuck.short(subject, seen) or row.reason))
    return found


def table(told: Sequence[view.Now]) -> Any:
    """The rows as a table for the terminal."""
    from rich.table import Table  # noqa: PLC0415

    made = Table("canary", "phase", "weight", "checks", "next tick", "last reason", expand=True)
    for row in told:
        tick = f"{row.next_tick:.0f} s" if row.next_tick is not None else "-"
        made.add_row(row.name, row.phase, row.weight, row.checks, tick, row.reason)
    return made
