"""Kubernetes objects of a scenario: written out in it, or in files beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from canarylab.kube import manifests

Json = dict[str, Any]


def _object_or_file(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise ValueError("write an object, or the name of a file beside this one")
    missing = [key for key in ("apiVersion", "kind", "metadata") if key not in value]
    if missing:
        raise ValueError(f"an object needs `{'`, `'.join(missing)}`")
    if not isinstance(value["metadata"], dict) or "name" not in value["metadata"]:
        raise ValueError("an object needs a `name` in its `metadata`")
    return value


Listed = Annotated[
    Any,
    BeforeValidator(_object_or_file),
    WithJsonSchema({"anyOf": [{"type": "object", "required": ["apiVersion", "kind", "metadata"]}, {"type": "string"}]}),
]


def read(listed: Iterable[Any], folder: Path) -> list[Json]:
    """All objects, those of files taken in where the files stand."""
    found: list[Json] = []
    for one in listed:
        found += manifests.read(folder / one) if isinstance(one, str) else [one]
    return found
