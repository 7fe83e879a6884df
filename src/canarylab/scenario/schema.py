"""The JSON Schema of scenario files, made from the models, and what it says at a place of a file."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from canarylab.scenario.document import Scenario
from canarylab.scenario.source import Path

Json = dict[str, Any]

NAME = "scenario.schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


@lru_cache(maxsize=1)
def schema() -> Json:
    """The whole schema."""
    return {"$schema": _DRAFT, **Scenario.model_json_schema(by_alias=True)}


def text() -> str:
    """The schema as the file ``docs/scenario.schema.json`` has it."""
    return json.dumps(schema(), indent=1) + "\n"


def keys(path: Path) -> tuple[str, ...]:
    """The keys that a mapping at a place may have; none where anything goes."""
    node = schema()
    for part in path:
        node = _below(_mapping(node), part)
    return tuple(_mapping(node).get("properties", ()))


def _mapping(node: Json) -> Json:
    """The node itself, and of alternatives the one that is a mapping or a list."""
    node = _resolved(node)
    for one in node.get("anyOf", ()):
        found = _mapping(one)
        if "properties" in found or "items" in found:
            return found
    return node


def _resolved(node: Json) -> Json:
    if "$ref" in node:
        return _resolved(schema()["$defs"][node["$ref"].rpartition("/")[2]])
    return node


def _below(node: Json, part: str | int) -> Json:
    if isinstance(part, int):
        found: Json = node.get("items", {})
    else:
        found = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return found
