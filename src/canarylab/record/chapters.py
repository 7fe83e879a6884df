"""The chapters of a cast: its markers, as a table of Markdown and as times that people read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canarylab.record.cast import CUT, MARKER, Cast

BEGINNING = "Beginning"


@dataclass(frozen=True)
class Part:
    """A chapter, from its marker to the next one's, in milliseconds; ``cut`` says what time was cut before it."""

    title: str
    start: int
    end: int
    cut: str = ""


def of(cast: Cast) -> Sequence[Part]:
    """Every chapter; what comes before the first marker is one too, unless that stands at the very beginning."""
    marks = [(one.at, one.data) for one in cast.of(MARKER)]
    if not marks or marks[0][0] > 0:
        marks.insert(0, (0, BEGINNING))
    ends = [*(at for at, _ in marks[1:]), cast.milliseconds]
    cuts = {one.at: one.data for one in cast.of(CUT)}
    return [Part(title, at, end, cuts.get(at, "")) for (at, title), end in zip(marks, ends, strict=True)]


def clock(milliseconds: float) -> str:
    """``2:03``."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02}"


def table(cast: Cast) -> str:
    """For a README."""
    rows = [f"| {clock(one.start)} | {one.title} | {one.cut} |" for one in of(cast)]
    return "\n".join(["| at | chapter | cut before it |", "|---|---|---|", *rows]) + "\n"
