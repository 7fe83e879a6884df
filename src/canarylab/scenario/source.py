"""Turns the text of a YAML file into plain data that knows where each part of it stands.

Only what JSON can say is read: no tags of other languages, no merge keys, no key twice, dates as text. Everything
else is a problem with its place; all of a file's problems are collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from canarylab.problem import Problem, Spot

Path = tuple[str | int, ...]

_STANDARD = "tag:yaml.org,2002:"
_PLAIN = frozenset(f"{_STANDARD}{kind}" for kind in ("null", "bool", "int", "float", "str", "timestamp", "map", "seq"))
_TYPED = frozenset(f"{_STANDARD}{kind}" for kind in ("null", "bool", "int", "float"))
_MERGE = f"{_STANDARD}merge"


@dataclass
class Source:
    """A file's data, where its keys and values stand, and what is wrong with its YAML."""

    name: str
    text: str
    data: Any = None
    keys: dict[Path, Spot] = field(default_factory=dict)
    values: dict[Path, Spot] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def key(self, path: Path) -> Spot:
        """Where a key stands; the nearest one above it if there is none."""
        return self._nearest(path, [self.keys, self.values])

    def value(self, path: Path) -> Spot:
        """Where a value stands; the nearest one above it if there is none."""
        return self._nearest(path, [self.values, self.keys])

    def word(self, path: Path, word: str) -> Spot:
        """Where a key below a place stands that is this word; else the value at the place."""
        below = [one for one in self.keys if one[: len(path)] == path and one[-1] == word]
        return self.keys[below[0]] if below else self.value(path)

    def _nearest(self, path: Path, wanted: list[dict[Path, Spot]]) -> Spot:
        for length in range(len(path), -1, -1):
            for spots in wanted:
                if path[:length] in spots:
                    return spots[path[:length]]
        return Spot(1, 1, 1)

    def wrong(self, spot: Spot, what: str, hint: str = "") -> Problem:
        """A problem of this file."""
        lines = self.text.splitlines()
        return Problem(self.name, spot, what, hint, lines[spot.line - 1] if spot.line <= len(lines) else "")


def read(name: str, text: str) -> Source:
    """Reads a text; with a syntax error there is no data and one problem."""
    made, reader = Source(name, text), YAML(typ="safe", pure=True)
    try:
        root = reader.compose(text)
    except MarkedYAMLError as error:
        made.problems.append(_syntax(made, error))
        return made
    except YAMLError as error:
        made.problems.append(made.wrong(_unreadable(text), f"not YAML: {str(error).splitlines()[0]}"))
        return made
    if root is not None:
        made.data = _Walk(made, reader.constructor).data(root, ())
    return made


def _syntax(source: Source, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    spot = Spot(mark.line + 1, mark.column + 1, 1) if mark is not None else Spot(1, 1, 1)
    lines = len(source.text.splitlines())
    spot = spot if spot.line <= lines else Spot(max(1, lines), len(source.text.splitlines()[-1]) + 1, 1)
    said = ", ".join(part for part in (error.context, error.problem) if part)
    begun = error.context_mark
    hint = f"it began in line {begun.line + 1}" if begun and begun.line + 1 != spot.line else ""
    return source.wrong(spot, f"not YAML: {said}", hint)


def _unreadable(text: str) -> Spot:
    """The first character that YAML does not admit."""
    for number, line in enumerate(text.splitlines(), start=1):
        for column, letter in enumerate(line, start=1):
            if not letter.isprintable() and letter != "\t":
                return Spot(number, column, 1)
    return Spot(1, 1, 1)


@dataclass
class _Walk:
    """One walk through a document's nodes."""

    source: Source
    constructor: Any

    def data(self, node: Node, path: Path) -> Any:
        self.source.values[path] = spot = _spot(node)
        if node.tag not in _PLAIN:
            self._problem(spot, f"the tag `{node.tag}` is not known here", "write plain text, numbers and lists")
            return None
        if isinstance(node, MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, SequenceNode):
            return [self.data(one, (*path, number)) for number, one in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: Node) -> Any:
        return self.constructor.construct_object(node) if node.tag in _TYPED else node.value

    def _pairs(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, Spot] = {}
        for key, value in node.value:
            spot = _spot(key)
            if not isinstance(key, ScalarNode) or key.tag == _MERGE:
                self._problem(spot, "a key has to be a word", "write out what is to be merged")
                continue
            if key.value in first:
                self._problem(spot, f"`{key.value}` stands here twice", f"first in line {first[key.value].line}")
                continue
            first[key.value] = spot
            self.source.keys[*path, key.value] = spot
            yield key.value, self.data(value, (*path, key.value))

    def _problem(self, spot: Spot, what: str, hint: str) -> None:
        self.source.problems.append(self.source.wrong(spot, what, hint))


def _spot(node: Node) -> Spot:
    """What of a node stands in its first line."""
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else _rest_of_line(start)
    return Spot(start.line + 1, start.column + 1, max(1, width))


def _rest_of_line(mark: StringMark) -> int:
    text = mark.buffer[mark.pointer :] if mark.buffer else ""
    return len(text.split("\n", 1)[0].rstrip())
