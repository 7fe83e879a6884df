"""Objects as files of a repository, and the target of a Canary as a change makes it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from canarylab.journey import Application, Change

Json = dict[str, Any]


def name(item: Json) -> str:
    """An object's file; one kind and name has one file, so that the same object replaces itself."""
    return file(item["kind"], item["metadata"]["name"])


def file(kind: str, name: str) -> str:
    """The same of an object's kind and name."""
    return f"{kind.lower()}-{name}.yaml"


def texts(objects: Iterable[Json]) -> dict[str, str]:
    """The files of objects, by their names."""
    return {name(item): yaml.safe_dump(item, sort_keys=False) for item in objects}


def revised(application: Application, change: Change) -> Json:
    """The target as a change makes it of what the application began with."""
    target, patch = application.target, application.patch(change)
    (changed,) = patch["spec"]["template"]["spec"]["containers"]
    template = target["spec"]["template"]
    containers = [
        _merged(one, changed) if one["name"] == changed["name"] else one for one in template["spec"]["containers"]
    ]
    template = {**template, "spec": {**template["spec"], "containers": containers}}
    return {**target, "spec": {**target["spec"], "template": template}}


def _merged(old: Json, new: Json) -> Json:
    """A container with the keys of another; variables are merged by their names."""
    env = {one["name"]: one for one in (*old.get("env", ()), *new.get("env", ()))}
    return {**old, **new, **({"env": [*env.values()]} if env else {})}


def images(target: Json) -> Mapping[str, str]:
    """The images of a workload, by container."""
    return {one["name"]: one["image"] for one in target["spec"]["template"]["spec"]["containers"]}
