"""Puts values into data where ``${name}`` stands; a text that is nothing but one takes the value's own type.

``$${`` stands for ``${`` itself. There are no expressions: what has to be computed is computed in Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from canarylab.problem import Problem, Spot, nearest
from canarylab.scenario.source import Path, Source

Scalar = str | int | float | bool

# What the run gives; ``given`` may use the namespace only, since the other two come of it.
BUILT_IN = {
    "namespace": "the namespace of the scenario's own",
    "canary": "the Canary's name",
    "target": "the name of the workload that the Canary targets",
}
_NAME = re.compile(r"\$?\$\{([^{}]*)\}")


def put(source: Source, values: Mapping[str, Scalar]) -> tuple[Any, list[Problem]]:
    """The data of a source with all values put in, and the names that nobody gave."""
    problems: list[Problem] = []

    def walk(item: Any, path: Path) -> Any:
        if isinstance(item, dict):
            return {key: walk(value, (*path, key)) for key, value in item.items()}
        if isinstance(item, list):
            return [walk(value, (*path, number)) for number, value in enumerate(item)]
        return text(item, path) if isinstance(item, str) and path[:1] != ("values",) else item

    def text(item: str, path: Path) -> Any:
        problems.extend(_unknown(source, path, name, values) for name in names(item) if name not in values)
        return filled(item, values)

    return walk(source.data, ()), problems


def names(text: str) -> list[str]:
    """The names that a text asks for."""
    return [found[1] for found in _NAME.finditer(text) if not found[0].startswith("$$")]


def filled(text: str, values: Mapping[str, Scalar]) -> Scalar:
    """A text with its values; unknown names stay as they stand."""
    whole = _NAME.fullmatch(text)
    if whole and not text.startswith("$$") and whole[1] in values:
        return values[whole[1]]

    def one(found: re.Match[str]) -> str:
        if found[0].startswith("$$"):
            return found[0][1:]
        return str(values.get(found[1], found[0]))

    return _NAME.sub(one, text)


def _unknown(source: Source, path: Path, name: str, values: Mapping[str, Scalar]) -> Problem:
    spot, word = source.value(path), f"${{{name}}}"
    lines = source.text.splitlines()
    for number in range(spot.line, len(lines) + 1):
        column = lines[number - 1].find(word, spot.column - 1 if number == spot.line else 0)
        if column >= 0:
            spot = Spot(number, column + 1, len(word))
            break
    return source.wrong(spot, f"no value is named `{name}`", nearest(name, values))
