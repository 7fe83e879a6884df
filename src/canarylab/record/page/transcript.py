"""A cast as text, chapter by chapter: what was typed and answered, what captions said, and what was cut. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from canarylab.record import chapters, masks
from canarylab.record.cast import CAPTION, CUT, MARKER, OUTPUT, Cast
from canarylab.record.chapters import Part
from canarylab.record.reel import BAR


@dataclass(frozen=True)
class Passage:
    """A chapter and its text."""

    part: Part
    text: str


def of(cast: Cast) -> Iterator[Passage]:
    """Every chapter; what stands in the bar is told once, in brackets."""
    parts = chapters.of(cast)
    number = len(parts) - len(list(cast.of(MARKER))) - 1
    told = ""
    for event in cast.events:
        if event.code == MARKER:
            if number >= 0:
                yield Passage(parts[number], _read(told))
            number, told = number + 1, ""
        elif event.code in (CAPTION, CUT) and event.data:
            told += f"\n[{event.data}]\n"
        elif event.code == OUTPUT and not event.data.startswith(BAR):
            told += event.data
    yield Passage(parts[number], _read(told))


def _read(told: str) -> str:
    return masks.plain(told).strip("\n")
