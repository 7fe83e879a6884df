"""A report as text: what became of each rollout, and for those that went wrong, claims, reasons and record."""

from __future__ import annotations

import re
from collections.abc import Iterator

from canarylab.model.timeline import Event, Timeline
from canarylab.report import said, versions
from canarylab.report.case import Case, Ground, Report
from canarylab.report.course import zero

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold


def render(report: Report) -> str:
    """The whole report."""
    told = [f"{report.title}: {report.summary}", "", *lines(report)]
    told += ["", *versions.text(report.versions)] if report.versions else []
    for one in report.cases:
        told += [] if one.holds else ["", *_explained(one)]
    for ground in report.grounds:
        told += ["", *_ground(ground)]
    return "\n".join([*told, *(["", f"again: {report.command}"] if report.command else [])]) + "\n"


def lines(report: Report) -> list[str]:
    """Each case in a few lines, and the rights that would have told more."""
    told = []
    for one in report.cases:
        told += [_head(one), *(f"  {line}" for line in (one.reason, *one.details) if line)]
    if report.rights:
        told += ["further rights would tell more:", *(f"  {one}" for one in report.rights)]
    return told


def _head(one: Case) -> str:
    """A test says itself whether this is what it wanted."""
    return f"{one.title}: {one.outcome.value}{', and the test failed' if one.failure and one.test else ''}"


def _explained(one: Case) -> Iterator[str]:
    yield f"== {one.title}{f' ({one.canary})' if one.test else ''}"
    yield from map(str, one.wrong)
    if one.failure and not one.wrong:
        yield from one.failure.splitlines()
    if heard := said.of(one.timeline)[-said.LAST :]:
        yield "Flagger said last:"
        yield from (f"  {each.theirs}{f'  ({each.ours})' if each.ours else ''}" for each in heard)
    if record := table(one.timeline):
        yield from ("the record, in seconds:", *(f"  {each}" for each in record.splitlines()))
    if one.reproduce:
        yield f"again: {one.reproduce}"


def _ground(ground: Ground) -> Iterator[str]:
    yield from ("what it ran on:", *(f"  {each}" for each in ground.lines))
    for one in ground.images:
        yield f"  {one.pattern}: {one.program} {one.version}, {one.origin}, sha256 {one.sha256 or '-'}"


def line(event: Event, at_zero: float) -> str:
    """``+12.3 canary   Progressing 20%``."""
    return f"{event.at - at_zero:+8.1f}  {event.source:8} {event.words()}"


def table(timeline: Timeline) -> str:
    """Every event; without a trigger the first event is second 0."""
    first = zero(timeline)
    return "\n".join(line(one, first.at if first else 0.0) for one in news(timeline))


def news(timeline: Timeline) -> Iterator[Event]:
    """The events that say something else than the one of their source before."""
    last: dict[str, str] = {}
    for one in timeline.events:
        if last.get(one.source) != one.words():
            yield one
        last[one.source] = one.words()


def printable(value: str) -> str:
    """Text without the signs that XML cannot hold."""
    return _FORBIDDEN.sub("?", value)
