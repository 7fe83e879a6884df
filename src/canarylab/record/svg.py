"""A screen as a picture: one SVG without scripts or foreign parts, with its text as text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from canarylab.record.screen import Cell, Screen

_WIDTH, _HEIGHT, _SIZE = 8.4, 18.0, 14.0  # of a letter's cell, and of the letter
_EDGE = 12.0
_INK, _GROUND = "#d0d7de", "#0d1117"
_COLOURS = {
    "black": "#484f58", "red": "#ff7b72", "green": "#3fb950", "brown": "#d29922", "blue": "#58a6ff",
    "magenta": "#bc8cff", "cyan": "#39c5cf", "white": "#b1bac4", "brightblack": "#6e7681", "brightred": "#ffa198",
    "brightgreen": "#56d364", "brightbrown": "#e3b341", "brightyellow": "#e3b341", "brightblue": "#79c0ff",
    "brightmagenta": "#d2a8ff", "brightcyan": "#56d4dd", "brightwhite": "#ffffff",
}  # fmt: skip
_FONT = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace"


def render(screen: Screen) -> str:
    """The document."""
    columns, rows = len(screen.rows[0]), len(screen.rows)
    width, height = 2 * _EDGE + columns * _WIDTH, 2 * _EDGE + rows * _HEIGHT
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}", role="img")
    root.attrib |= {"font-family": _FONT, "font-size": f"{_SIZE:g}", "fill": _INK, "aria-labelledby": "title"}
    ET.SubElement(root, "title", id="title").text = f"Terminal: {screen.part.title}"
    ET.SubElement(root, "rect", width=f"{width:g}", height=f"{height:g}", rx="8", fill=_GROUND)
    for number, row in enumerate(screen.rows):
        root.extend(_row(row, _EDGE + number * _HEIGHT))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _row(row: tuple[Cell, ...], top: float) -> Iterator[ET.Element]:
    """The grounds of a line, then its letters, as many as look alike at a time."""
    for ground, run in _runs(row, lambda cell: cell.ground):
        if ground != "default":
            place = {"x": f"{_EDGE + run[0][0] * _WIDTH:g}", "y": f"{top:g}", "width": f"{len(run) * _WIDTH:g}"}
            yield ET.Element("rect", place, height=f"{_HEIGHT:g}", fill=_colour(ground, _INK))
    for look, run in _runs(row, lambda cell: replace(cell, letter="", ground="")):
        letters = "".join(cell.letter for _, cell in run)
        if letters.strip():
            yield _letters(run[0][0], top, letters, look)


def _letters(column: int, top: float, letters: str, cell: Cell) -> ET.Element:
    first = len(letters) - len(letters.lstrip())
    shown = letters.strip()
    made = ET.Element("text", x=f"{_EDGE + (column + first) * _WIDTH:g}", y=f"{top + 0.75 * _HEIGHT:g}")
    made.attrib |= {"textLength": f"{len(shown) * _WIDTH:g}", "xml:space": "preserve"}
    made.attrib |= {"fill": _colour(cell.ink, _GROUND)} if cell.ink != "default" else {}
    made.attrib |= {"font-weight": "bold"} if cell.bold else {}
    made.attrib |= {"font-style": "italic"} if cell.italic else {}
    made.attrib |= {"text-decoration": "underline"} if cell.underlined else {}
    made.text = shown
    return made


def _runs(row: tuple[Cell, ...], look: Callable[[Cell], Any]) -> Iterator[tuple[Any, list[tuple[int, Cell]]]]:
    for key, run in groupby(enumerate(row), lambda pair: look(pair[1])):
        yield key, list(run)


def _colour(name: str, reverse: str) -> str:
    """pyte's colour as SVG's; ``reverse`` is that of the other ground."""
    return reverse if name == "reverse" else _COLOURS.get(name, f"#{name}")
