"""What stands on the screen at the end of each chapter, as plain text to be compared, and letter by letter to be drawn.

pyte plays the cast. It knows no second screen and no repeated letters (pyte 0.8.2), so full-screen programs are not for
it; sequences that it would print are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from canarylab.errors import EnvironmentFault
from canarylab.record import chapters
from canarylab.record.cast import MARKER, OUTPUT, Cast
from canarylab.record.chapters import Part

try:
    import pyte
except ImportError as missing:
    next_step = "pip install 'canarylab[record]'"
    raise EnvironmentFault("pyte is not installed, which plays casts", next_step=next_step) from missing

_UNKNOWN = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[<=>][0-9;]*[a-zA-Z]")
_SPACE = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Cell:
    """A letter and how it looks; colours are pyte's: a name, six hexadecimal digits, or ``default``."""

    letter: str
    ink: str = "default"
    ground: str = "default"
    bold: bool = False
    italic: bool = False
    underlined: bool = False


@dataclass(frozen=True)
class Screen:
    """A chapter, and the screen at its end."""

    part: Part
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def lines(self) -> list[str]:
        """As text, without spaces at the ends of lines."""
        return ["".join(cell.letter for cell in row).rstrip() for row in self.rows]


def of(cast: Cast) -> Iterator[Screen]:
    """The screen at the end of each chapter, which is where the next one's marker stands."""
    shown = pyte.Screen(cast.columns, cast.rows)
    stream, parts = pyte.Stream(shown), chapters.of(cast)
    number = len(parts) - len(list(cast.of(MARKER))) - 1  # -1 where the first chapter has a marker too
    for event in cast.events:
        if event.code == MARKER:
            if number >= 0:
                yield _screen(parts[number], shown)
            number += 1
        elif event.code == OUTPUT:
            stream.feed(_UNKNOWN.sub("", event.data))
    yield _screen(parts[number], shown)


def _screen(part: Part, shown: pyte.Screen) -> Screen:
    return Screen(part, tuple(_row(shown.buffer[number], shown.columns) for number in range(shown.lines)))


def text(cast: Cast) -> str:
    """Every chapter's screen, under its title, with runs of empty lines as one: a change of a cast that can be read."""
    parts = []
    for screen in of(cast):
        head = f"== {chapters.clock(screen.part.start)} {screen.part.title}"
        body = _SPACE.sub("\n\n", "\n".join(screen.lines)).strip("\n")
        parts.append(f"{head}\n{body}\n")
    return "\n".join(parts)


def _row(line: Mapping[int, pyte.screens.Char], columns: int) -> tuple[Cell, ...]:
    return tuple(_cell(line[number]) for number in range(columns))


def _cell(one: pyte.screens.Char) -> Cell:
    ink, ground = (one.bg, one.fg) if one.reverse else (one.fg, one.bg)
    if one.reverse:
        ink, ground = ("reverse" if ink == "default" else ink), ("reverse" if ground == "default" else ground)
    return Cell(one.data, ink, ground, one.bold, one.italics, one.underscore)
