"""Turns YAML text into a flat list of objects, and says of an object what one needs to know to send it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from canarylab.errors import UsageError

Json = dict[str, Any]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str, where: str = "") -> list[Json]:
    """The objects of a YAML text, lists taken apart; UsageError with the line if it is not that."""
    try:
        documents = list(yaml.load_all(text, _LOADER))
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UsageError(f"not YAML: {error.problem}", where=f"{where}{line}") from error
    return list(_flat(documents, where))


def read(*files: Path) -> list[Json]:
    """The objects of YAML files; those of a folder's ``*.yaml`` in the order of their names."""
    paths = (path for file in files for path in (sorted(file.glob("*.yaml")) if file.is_dir() else [file]))
    return [item for path in paths for item in load(path.read_text(), str(path))]


def _flat(documents: Iterable[Any], where: str) -> Iterator[Json]:
    for document in documents:
        if document is None:
            continue
        if not isinstance(document, dict) or "kind" not in document or "apiVersion" not in document:
            raise UsageError("not a Kubernetes object: it needs apiVersion and kind", where=where)
        if document["kind"].endswith("List") and "items" in document:
            yield from _flat(document["items"], where)
        else:
            yield document


def namespace(name: str, **meta: Mapping[str, str]) -> Json:
    """A Namespace object, with its name and what else its metadata shall have (``labels``, ``annotations``)."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **meta}}


def label(item: Json) -> str:
    """An object as people write it: ``kind/namespace/name``."""
    meta = item["metadata"]
    return "/".join(part for part in (item["kind"].lower(), meta.get("namespace"), meta["name"]) if part)


def placed(item: Json, namespace: str, *, namespaced: bool) -> Json:
    """The object in ``namespace`` unless it names one; so are the accounts that a binding means."""
    meta = item["metadata"]
    if namespaced and "namespace" not in meta:
        item = {**item, "metadata": {**meta, "namespace": namespace}}
    if "subjects" in item:
        subjects = [
            {"namespace": namespace, **one} if one.get("kind") == "ServiceAccount" else one for one in item["subjects"]
        ]
        item = {**item, "subjects": subjects}
    return item
