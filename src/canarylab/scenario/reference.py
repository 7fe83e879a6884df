"""The reference of scenario files as Markdown, made from the models, for the docs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from canarylab.scenario import load, schema
from canarylab.scenario.data import Data, Verb
from canarylab.scenario.document import Git, Given, Scenario, Upstream, User
from canarylab.scenario.expect import CLAIMS
from canarylab.scenario.step import Step
from canarylab.scenario.steps import STEPS
from canarylab.scenario.substitute import BUILT_IN

Json = dict[str, Any]

_OWN_PAGE = "fault"
_FAULTS = "Its fields are those of [the faults](faults.md), written with dashes: `per-second`."


def keys() -> str:
    """The keys of a file, of `given`, of a user, of `upstream`; and the values that the run gives."""
    parts: Mapping[str, type[Data]] = {
        "A file": Scenario, "`given`": Given, "`given: git`": Git, "`given: users`, each": User,
        "`upstream`": Upstream,
    }  # fmt: skip
    tables = [f"### {title}\n\n{_about(model)}\n\n{_table(model)}" for title, model in parts.items()]
    given = "\n".join(f"| `${{{name}}}` | {meaning} |" for name, meaning in BUILT_IN.items())
    return "\n\n".join([*tables, f"### Values that the run gives\n\n| value | meaning |\n|---|---|\n{given}"])


def steps() -> str:
    """Every step with its fields, and the same in Python."""
    return "\n\n".join(_verb(name, kind) for name, kind in STEPS.items())


def claims() -> str:
    """Every claim with its fields."""
    return "\n\n".join(_verb(name, kind) for name, kind in CLAIMS.items())


def _verb(name: str, kind: type[Verb]) -> str:
    parts = [f"### {name}", _about(kind)]
    if kind.bare:
        parts.append(f"What stands behind `{name}:` alone is `{kind.bare}`.")
    parts.append(_FAULTS if name == _OWN_PAGE else _table(kind))
    if issubclass(kind, Step):
        parts.append(f"In Python: `{kind.python}`.")
    return "\n\n".join(parts)


def _about(model: type[Data]) -> str:
    return " ".join((inspect.getdoc(model) or "").split())


def _table(model: type[Data]) -> str:
    return "\n".join(["| key | value | meaning |", "|---|---|---|", *_rows(model)])


def _rows(model: type[Data]) -> Iterator[str]:
    told = _fields(model)
    for name, field in model.model_fields.items():
        key = field.alias or name
        wanted = "" if not field.is_required() else "; required"
        about = " ".join((field.description or "").split())
        yield f"| `{key}` | {_cell(_kind(told[key]))}{wanted} | {_cell(about)} |"


def _fields(model: type[Data]) -> Mapping[str, Json]:
    """The fields of a model as the schema has them; a verb may be its bare value there."""
    node: Json = schema.schema()["$defs"].get(model.__name__, schema.schema())
    if model is Scenario:
        node = schema.schema()
    alternatives = [one for one in node.get("anyOf", ()) if "properties" in one]
    found: Mapping[str, Json] = (alternatives[0] if alternatives else node)["properties"]
    return found


def _kind(node: Json) -> str:
    """A type in a few words."""
    if "enum" in node or "const" in node:
        return " or ".join(f"`{one}`" for one in node.get("enum", [node.get("const")]))
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_kind(one) for one in node["anyOf"] if one.get("type") != "null"))
    if "$ref" in node:
        return _REFERENCES.get(node["$ref"].rpartition("/")[2], "a mapping")
    kind = node.get("type", "")
    if kind == "array":
        return f"a list: {_kind(node['items'])}" if node.get("items") else "a list"
    return f"{_TYPES.get(kind, 'anything')}{_range(node)}"


def _range(node: Json) -> str:
    least, most = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum")
    if least is not None and most is not None:
        return f", {least:g} to {most:g}"
    return ""


_TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "object": "a mapping", "null": "nothing",
}  # fmt: skip
_REFERENCES = {
    "StepEntry": "a step",
    "ClaimEntry": "a claim",
    "User": "users",
    "Given": "`given`",
    "Git": "`given: git`",
    "Upstream": "`upstream`",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def library(files: Sequence[Path]) -> str:
    """The scenarios of a folder, each with its title."""
    rows = [f"| `{one.path.name}` | {_cell(one.scenario.title)} |" for one in map(load.file, files)]
    return "\n".join(["| file | what it proves |", "|---|---|", *rows])
