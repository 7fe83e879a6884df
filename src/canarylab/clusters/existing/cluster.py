"""The existing rung: a cluster of somebody's, seen through a kubeconfig and nothing else.

What is put there is a namespace for each test, marked with the run, and removed again; see ``owned``.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kubernetes import client

from canarylab.clock import Clock, SystemClock
from canarylab.clusters.cluster import EXISTING, client_of, run_kubectl
from canarylab.clusters.existing import contexts, owned, programs
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.ways import Way
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.kube import manifests, rest
from canarylab.kube.apply import Kinds

Json = dict[str, Any]

_LOOK = 5.0  # seconds between questions whether the API server answers
_SILENT = 30.0  # seconds without an answer after which waiting is of no use


class Pulse:
    """Whether the API server still answers; asked by many, so it is looked at now and then."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock, self._lock, self._why = clock or SystemClock(), threading.Lock(), ""
        self._answered = self._clock.monotonic()
        self._looked = self._answered - 2 * _LOOK

    def failure(self, api: client.ApiClient) -> str | None:
        """Why waiting is of no use; None while there is hope."""
        with self._lock:
            if self._clock.monotonic() - self._looked > _LOOK:
                self._look(api)
            silent = self._clock.monotonic() - self._answered
            return f"no answer for {silent:.0f} s: {self._why}" if self._why and silent > _SILENT else None

    def _look(self, api: client.ApiClient) -> None:
        try:
            rest.send(api, "GET", "/version")
            self._why, self._answered = "", self._clock.monotonic()
        except CanarylabError as error:
            self._why = error.what
        self._looked = self._clock.monotonic()


@dataclass(frozen=True)
class Settings:
    """What the caller says: labels that namespaces of tests need there, and the image that runs our programs."""

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    image: str = programs.IMAGE


@dataclass(frozen=True)
class ExistingCluster:
    """``folder`` holds the run's kubeconfig, ``mark`` is on all that the run makes; ``way`` leads to Prometheus."""

    name: str
    folder: Path
    mark: Mark
    settings: Settings = Settings()
    way: Way | None = None
    lines: tuple[str, ...] = ()
    rung: str = EXISTING
    patience: float = 90.0  # Prometheus asks its targets each 15 s or minute on clusters that serve people
    shares_clock: bool = False
    _pulse: Pulse = field(default_factory=Pulse, compare=False, repr=False)

    @property
    def kubeconfig(self) -> Path:
        return self.folder / contexts.NAME

    @property
    def ports(self) -> Mapping[str, int]:
        """None: nothing of it is on this machine's loopback."""
        return {}

    @property
    def kubectl_program(self) -> Path:
        return contexts.kubectl()

    @property
    def prometheus(self) -> Way:
        if self.way is None:
            raise EnvironmentFault("no Prometheus is known there", where=f"cluster {self.name}")
        return self.way

    @property
    def found_by(self) -> str:
        return f"--context {self.name}"

    @cached_property
    def api(self) -> client.ApiClient:
        """The client of this object's own questions."""
        made: client.ApiClient = client_of(self)
        return made

    def api_client(self) -> Any:
        return client_of(self)

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        return run_kubectl(self, args, stdin)

    def failure(self) -> str | None:
        """That its API server has not answered for half a minute; None while it does."""
        return self._pulse.failure(self.api)

    def describe(self) -> list[str]:
        """What was found there."""
        return [f"cluster {self.name}: existing, not ours", *self.lines]

    def space(self, name: str) -> Json:
        """A Namespace marked with the run, and with what the mesh wants of it."""
        return self.mark.namespace(name, dict(self.settings.labels), dict(self.settings.annotations))

    def programs(self) -> tuple[Json, ...]:
        return (programs.config_map(self.mark.labels),)

    def adapted(self, item: Json) -> Json:
        """Pods of our images run their program in an image of everybody's."""
        return programs.adapted(item, self.settings.image)

    def unfit(self, objects: Iterable[Json], namespace: str) -> str:
        """It takes what stays within the test's namespace, so that nothing is left when that goes."""
        for item in objects:
            where, label = item["metadata"].get("namespace", namespace), manifests.label(item)
            if where != namespace:
                return f"{label} goes to namespace {where}, which is not the test's own"
            if not self._namespaced(item):
                return f"{label} belongs to the whole cluster, which is not ours"
            if programs.calls(item) and self.settings.image == programs.IMAGE:
                return f"{label} calls gRPC, for which --client-image has to name one with Python and grpcio"
        return ""

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds(self.api)

    def _namespaced(self, item: Json) -> bool:
        """Whether objects of its kind live in namespaces; an unknown kind is left to the API server to refuse."""
        try:
            return self._kinds.resource(item["apiVersion"], item["kind"])[1]
        except rest.Refused as error:
            if error.status == 404:
                return True
            raise

    def stop(self, *, keep_folder: bool = False) -> None:
        """Removes the run's namespaces and waits for their end; the cluster stays as it was."""
        self.remove()
        if not keep_folder:
            shutil.rmtree(self.folder)

    def remove(self) -> list[str]:
        """The same, but for the folder; the names of the namespaces."""
        return owned.remove(self.api, owned.every(self.api, self.mark.run))
