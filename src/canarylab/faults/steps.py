"""What faults do and how it is undone, as plain data: one small class for each kind of step.

A step is written to the journal before the fault begins, and may be run by another program than the one that wrote
it. Run a second time, it changes nothing more.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol

from kubernetes import client

from canarylab.clusters.local import processes
from canarylab.errors import EnvironmentFault
from canarylab.kube import rest

Json = dict[str, Any]

GONE = 404
RELOAD_BOUND = (
    90.0  # seconds; a kubelet brings a changed ConfigMap into a pod within its sync period, a minute by default
)
_PAUSE = 0.2
_MERGE, _STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"


class Reach:
    """A client of the API server, made when the first step asks for it: some steps do without."""

    def __init__(self, make: Callable[[], client.ApiClient]) -> None:
        self._make = make

    @cached_property
    def api(self) -> client.ApiClient:
        return self._make()


class Step(Protocol):
    """One thing to do. ``kind`` names it in the journal."""

    kind: ClassVar[str]

    def run(self, reach: Reach) -> None:
        """Does it; Refused or EnvironmentFault when it cannot be done."""
        ...


@dataclass(frozen=True)
class Create:
    """Makes an object; ``path`` is that of all objects of its kind."""

    kind: ClassVar[str] = "create"
    path: str
    item: Json

    def run(self, reach: Reach) -> None:
        rest.send(reach.api, "POST", self.path, body=self.item)


@dataclass(frozen=True)
class Delete:
    """Deletes an object, at once."""

    kind: ClassVar[str] = "delete"
    path: str

    def run(self, reach: Reach) -> None:
        rest.send(reach.api, "DELETE", self.path, body={"gracePeriodSeconds": 0})


@dataclass(frozen=True)
class Merge:
    """Changes fields of an object; ``strategic`` for lists that are merged by their items' names."""

    kind: ClassVar[str] = "merge"
    path: str
    patch: Json
    strategic: bool = False

    def run(self, reach: Reach) -> None:
        form = _STRATEGIC if self.strategic else _MERGE
        rest.send(reach.api, "PATCH", self.path, body=self.patch, content_type=form)


@dataclass(frozen=True)
class Post:
    """POSTs nothing to a path of a pod, through the API server's proxy."""

    kind: ClassVar[str] = "post"
    path: str

    def run(self, reach: Reach) -> None:
        rest.text(reach.api, "POST", self.path)


@dataclass(frozen=True)
class Signal:
    """Sends a signal to a process of this machine, ``PID START_TIME``; nothing if that process has ended."""

    kind: ClassVar[str] = "signal"
    process: str
    name: str

    def run(self, reach: Reach) -> None:
        del reach
        processes.send(self.process, self.name)


@dataclass(frozen=True)
class Reload:
    """Lets Prometheus read its configuration until a mark is in it, or is in it no more.

    A kubelet looks after a pod's ConfigMaps when the pod changes, so an annotation of the pod saves its sync period.
    """

    kind: ClassVar[str] = "reload"
    pods: str  # path of its pods
    selector: str
    service: str  # path of its Service's proxy
    mark: str
    present: bool

    def run(self, reach: Reach) -> None:
        deadline = time.monotonic() + RELOAD_BOUND
        self._touch(reach)
        while not self._done(reach):
            if time.monotonic() > deadline:
                raise EnvironmentFault(f"Prometheus did not take its configuration within {RELOAD_BOUND:.0f} s")
            time.sleep(_PAUSE)
            rest.text(reach.api, "POST", f"{self.service}/-/reload")

    def _touch(self, reach: Reach) -> None:
        annotation = {"metadata": {"annotations": {"canarylab.dev/reload": f"{time.time():.3f}"}}}
        for pod in rest.send(reach.api, "GET", self.pods, query={"labelSelector": self.selector})["items"]:
            Merge(f"{self.pods}/{pod['metadata']['name']}", annotation).run(reach)

    def _done(self, reach: Reach) -> bool:
        found = rest.send(reach.api, "GET", f"{self.service}/api/v1/status/config")["data"]["yaml"]
        return (self.mark in found) == self.present


KINDS: Mapping[str, type[Step]] = {one.kind: one for one in (Create, Delete, Merge, Post, Signal, Reload)}


def to_json(step: Any) -> Json:
    """A step as the journal holds it."""
    return {"kind": step.kind, **asdict(step)}


def from_json(facts: Mapping[str, Any]) -> Step:
    """What :func:`to_json` told."""
    return KINDS[facts["kind"]](**{key: value for key, value in facts.items() if key != "kind"})


@dataclass(frozen=True)
class Action:
    """A step and what undoes it; either may be missing."""

    do: Step | None
    undo: Step | None = field(default=None)


def created(path: str, item: Json) -> Action:
    """An object that is there as long as the fault is."""
    return Action(Create(path, item), Delete(f"{path}/{item['metadata']['name']}"))


def changed(path: str, before: Json, patch: Json) -> Action:
    """A merge patch that is taken back; ``before`` is the object as it is now."""
    return Action(Merge(path, patch), Merge(path, inverse(before, patch)))


def inverse(before: Any, patch: Json) -> Json:
    """The merge patch (RFC 7386) that brings back what ``patch`` changes of ``before``."""
    back: Json = {}
    for key, value in patch.items():
        old = before.get(key) if isinstance(before, dict) else None
        nested = isinstance(value, dict) and isinstance(old, dict)
        back[key] = inverse(old, value) if nested else copy.deepcopy(old)
    return back


def undo(step: Step, reach: Reach) -> None:
    """Runs a step that undoes something; an object that is gone has nothing left to undo."""
    try:
        step.run(reach)
    except rest.Refused as error:
        if error.status != GONE:
            raise
