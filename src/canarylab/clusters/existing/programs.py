"""Our own images on a cluster that cannot have them: a public Python image, with the program from a ConfigMap. Pure.

The programs are single files of the standard library, and stay so: a test runs them apart from this package.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canarylab import paths

Json = dict[str, Any]

IMAGE = "docker.io/library/python:3-slim"
CONFIG_MAP = "canarylab-programs"
_FOLDER = "/opt/canarylab"
_CLIENT = "client.py"
# image without its tag -> the file of its program, and the arguments that it gets beside its own
_OURS: dict[str, tuple[str, tuple[str, ...]]] = {
    "docker.io/canarylab/client": (_CLIENT, ("--epoch",)),
    "canarylab/capture": ("capture.py", ()),
}


def config_map(labels: Json) -> Json:
    """The programs, to be mounted by the pods of a namespace."""
    data = {name: source(name).read_text() for name, _ in _OURS.values()}
    meta = {"name": CONFIG_MAP, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def source(name: str) -> Path:
    """The file of a program."""
    return paths.package() / "observe" / name


def adapted(item: Json, image: str) -> Json:
    """An object whose pods run our programs in ``image``; others as they are."""
    if not any(_program(one) for one in _containers(item)):
        return item
    item = copy.deepcopy(item)
    for container in _containers(item):
        if found := _program(container):
            name, more = found
            args = [*more, *container.get("args", ())]
            container |= {"image": image, "command": ["python3", "-u", f"{_FOLDER}/{name}"], "args": args}
            container["volumeMounts"] = [*container.get("volumeMounts", ()), {"name": "programs", "mountPath": _FOLDER}]
    pod = _pod(item)
    pod["volumes"] = [*pod.get("volumes", ()), {"name": "programs", "configMap": {"name": CONFIG_MAP}}]
    return item


def calls(item: Json) -> bool:
    """Whether an object is users that call gRPC, for which the standard library has no words."""
    grpc = [one for one in _containers(item) if any(word.startswith("grpc://") for word in one.get("args", ()))]
    return any((_program(one) or ("",))[0] == _CLIENT for one in grpc)


def _pod(item: Json) -> Json:
    """The spec of an object's pods; empty if it has none."""
    spec: Json = item.get("spec") or {}
    found: Json = spec if item["kind"] == "Pod" else (spec.get("template") or {}).get("spec") or {}
    return found


def _containers(item: Json) -> Iterator[Json]:
    yield from _pod(item).get("containers") or ()


def _program(container: Json) -> tuple[str, tuple[str, ...]] | None:
    return _OURS.get(container.get("image", "").rpartition(":")[0])
