"""The reference part of docs/faults.md, made from the faults themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, get_type_hints

from canarylab import faults
from canarylab.faults.fault import ANYWHERE, APPLICATION, MESH, OPERATOR, PLATFORM, Fault, required

TITLES = {
    APPLICATION: "Faults of the application",
    MESH: "Faults of the mesh",
    PLATFORM: "Faults of the platform",
    OPERATOR: "Faults of operators",
}


def reference() -> str:
    """All faults in a table, then each: what it does, where it works, how it is measured, its fields."""
    return "\n".join([*_table(), *(line for family in TITLES for line in _family(family))])


def _table() -> Iterator[str]:
    yield "## All faults\n"
    yield "| fault | what goes wrong | works on | exclusive |"
    yield "|---|---|---|---|"
    for name, kind in faults.registry().items():
        yield f"| [{name}](#{name}) | {kind.about} | {_where(kind)} | {'yes' if kind.exclusive else ''} |"
    yield ""


def _family(family: str) -> Iterator[str]:
    yield f"## {TITLES[family]}\n"
    for kind in faults.registry().values():
        if kind.family == family:
            yield from _fault(kind)


def _fault(kind: type[Fault]) -> Iterator[str]:
    yield f"### {kind.name}\n"
    yield textwrap.fill(f"{_sentence(kind.about)} {(kind.__doc__ or '').strip()}", 120) + "\n"
    yield textwrap.fill(f"- measured: {kind.measured}", 120, subsequent_indent="  ")
    yield f"- works on: {_where(kind)}{'; exclusive' if kind.exclusive else ''}\n"
    if rows := [_row(one, get_type_hints(kind)[one.name]) for one in fields(kind)]:
        yield "| field | type | default | meaning |"
        yield "|---|---|---|---|"
        yield from rows
        yield ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _where(kind: type[Fault]) -> str:
    rungs = "any rung" if kind.rungs == ANYWHERE else f"the rung {', '.join(kind.rungs)}"
    return rungs + (f" with the mesh {', '.join(kind.meshes)}" if kind.meshes else "")


def _row(one: Field[Any], wanted: Any) -> str:
    words = {"least": "at least", "most": "at most"}
    limits = [f"{word} {one.metadata[key]:g}" for key, word in words.items() if one.metadata[key] is not None]
    meaning = "; ".join([one.metadata["doc"], *limits])
    return f"| `{one.name}` | {_type(wanted)} | {_default(one)} | {meaning} |"


def _default(one: Field[Any]) -> str:
    if required(one):
        return "required"
    if one.default in ("", MISSING):
        return "none"
    return f"`{one.default:g}`" if isinstance(one.default, float) else f"`{one.default}`"


def _type(wanted: Any) -> str:
    names = {int: "whole number", float: "number", str: "text"}
    return names.get(wanted, "list" if "tuple" in str(wanted) else "mapping")
