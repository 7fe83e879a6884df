"""The values of a fault's fields: checked against their types, choices and limits, with the nearest right word."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import Field
from typing import Any, get_origin

from canarylab.errors import UsageError

_NAMES = {int: "a whole number", float: "a number", str: "a text", tuple: "a list", Mapping: "a mapping"}


def checked(what: str, value: Any, wanted: Any, one: Field[Any]) -> Any:
    """The value, a list as a tuple; UsageError if it does not fit the field."""
    kind = get_origin(wanted) or wanted
    if not _fits(value, kind):
        raise UsageError(f"{what} is {value!r}", next_step=f"give {_NAMES[kind]}")
    limits = one.metadata
    if limits["choices"] and value not in limits["choices"]:
        raise UsageError(f"{what} is {value!r}", next_step=hint(str(value), limits["choices"]))
    least, most = limits["least"], limits["most"]
    if (least is not None and value < least) or (most is not None and value > most):
        raise UsageError(f"{what} is {value!r}", next_step=_range(least, most))
    return tuple(value) if kind is tuple else value


def shown(value: Any) -> str:
    """The value in a line."""
    if isinstance(value, Mapping):
        return json.dumps(dict(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)


def hint(word: str, known: Iterable[str]) -> str:
    """The nearest of the words that are known, or all of them."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known)) or 'none'}"


def _fits(value: Any, kind: Any) -> bool:
    if kind in (int, float):
        return isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
    return isinstance(value, (list, tuple) if kind is tuple else kind)


def _range(least: float | None, most: float | None) -> str:
    ends = [f"{word} {end:g}" for word, end in (("at least", least), ("at most", most)) if end is not None]
    return " and ".join(ends)
