"""What pydantic finds wrong, in plain words, at the place of the file that it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from canarylab.problem import Problem, nearest
from canarylab.scenario import schema
from canarylab.scenario.data import UnknownWord
from canarylab.scenario.source import Path, Source

_KINDS: Mapping[str, str] = {
    "string_type": "text", "int_type": "a whole number", "int_from_float": "a whole number", "float_type": "a number",
    "bool_type": "true or false", "tuple_type": "a list", "list_type": "a list", "dict_type": "a mapping of names",
    "model_type": "a mapping of names", "model_attributes_type": "a mapping of names", "float_parsing": "a number",
}  # fmt: skip
_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("more than", "gt"), "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"), "less_than_equal": ("at most", "le"),
}  # fmt: skip


def problem(source: Source, data: Any, error: ErrorDetails) -> Problem:
    """One finding of pydantic's about the data of a source."""
    path = _path(data, error["loc"])
    words = _WORDS.get(error["type"], _other)
    return words(source, path, error)


def counts(error: ErrorDetails) -> bool:
    """Whether it says something of its own: a list is not too short because its elements are wrong."""
    return not (error["type"] == "too_short" and error["input"])


def _path(data: Any, loc: tuple[str | int, ...]) -> Path:
    """The part of pydantic's location that stands in the data: it also names types, and fields with a bare value.

    A key that is not there is the last part, which then is missing.
    """
    path: list[str | int] = []
    for part in loc:
        listed = dict(enumerate(data)) if isinstance(data, list) else data
        if isinstance(listed, dict) and part in listed:
            data = listed[part]
            path.append(part)
    return tuple(path)


def _missing(source: Source, path: Path, error: ErrorDetails) -> Problem:
    name = error["loc"][-1]
    where = f" in `{path[-1]}`" if path and isinstance(path[-1], str) else ""
    return source.wrong(source.key(path), f"`{name}` is missing{where}")


def _unknown_key(source: Source, path: Path, error: ErrorDetails) -> Problem:
    del error
    known = schema.keys(path[:-1])
    return source.wrong(source.key(path), f"there is no `{path[-1]}` here", nearest(path[-1], known))


def _type(source: Source, path: Path, error: ErrorDetails) -> Problem:
    kind, got = _KINDS[error["type"]], error["input"]
    quotes = isinstance(got, int | float) and kind == "text"
    hint = f'put it in quotes: "{got}"' if quotes else ""
    return source.wrong(source.value(path), f"{kind} is wanted{_for(path)}, not {_shown(got)}", hint)


def _limit(source: Source, path: Path, error: ErrorDetails) -> Problem:
    words, name = _LIMITS[error["type"]]
    limit = error["ctx"][name]
    what = f"{_shown(error['input'])} is out of range{_for(path)}: it has to be {words} {limit:g}"
    return source.wrong(source.value(path), what)


def _word(source: Source, path: Path, error: ErrorDetails) -> Problem:
    known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
    what = f"{_shown(error['input'])} is not known{_for(path)}"
    return source.wrong(source.value(path), what, nearest(error["input"], known))


def _own(source: Source, path: Path, error: ErrorDetails) -> Problem:
    """A validator of ours: its own words."""
    raised = error["ctx"]["error"]
    if isinstance(raised, UnknownWord):
        return source.wrong(source.word(path, raised.word), str(raised), nearest(raised.word, raised.known))
    spot = source.value(path) if isinstance(error["input"], str) else source.key(path)
    return source.wrong(spot, str(raised))


def _form(source: Source, path: Path, error: ErrorDetails) -> Problem:
    pattern = error["ctx"]["pattern"]
    return source.wrong(
        source.value(path), f"{_shown(error['input'])} has not the form{_for(path)}", f"form: {pattern}"
    )


def _empty(source: Source, path: Path, error: ErrorDetails) -> Problem:
    del error
    return source.wrong(source.key(path), f"at least one thing is wanted{_for(path)}")


def _other(source: Source, path: Path, error: ErrorDetails) -> Problem:
    said = error["msg"].replace("Input should be", "it should be").replace("Value error, ", "")
    return source.wrong(source.value(path), f"{_shown(error['input'])} does not fit{_for(path)}: {said}")


def _for(path: Path) -> str:
    name = next((part for part in path[::-1] if isinstance(part, str)), "")
    return f" for `{name}`" if name else ""


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f"the text `{value}`" if isinstance(value, str) else f"the number {value}"


_WORDS: Mapping[str, Callable[[Source, Path, ErrorDetails], Problem]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _word,
    "value_error": _own,
    "string_pattern_mismatch": _form,
    "too_short": _empty,
    "string_too_short": _empty,
    **dict.fromkeys(_KINDS, _type),
    **dict.fromkeys(_LIMITS, _limit),
}
