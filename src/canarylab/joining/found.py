"""What was found on a cluster, as data that the processes of a run hand to one another. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from canarylab.errors import UsageError
from canarylab.flagger.running import Running
from canarylab.kube.services import Service
from canarylab.meshes import providers
from canarylab.model import releases

PLAIN = "kubernetes"  # the provider where there is no mesh


@dataclass(frozen=True)
class Mesh:
    """The control plane of a mesh or ingress: its Deployment, namespace and release; all empty where none was seen."""

    title: str = ""
    namespace: str = ""
    release: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.release}, namespace {self.namespace}" if self.title else "no control plane was seen"


@dataclass(frozen=True)
class Found:
    """``labels`` and ``annotations`` are what lets the mesh into a namespace; ``metrics`` is the URL of Prometheus.

    ``prometheus`` is its Service where it has one; ``tester`` is Flagger's load tester. ``disposable`` says that
    somebody has marked the cluster so.
    """

    kubernetes: str = ""
    flagger: Running | None = None
    others: int = 0
    mesh: Mesh = Mesh()
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    metrics: str = ""
    prometheus: Service | None = None
    prometheus_release: str = ""
    tester: Service | None = None
    tester_release: str = ""
    disposable: bool = False

    @property
    def provider(self) -> str:
        """Flagger's own."""
        return self.flagger.provider if self.flagger else ""

    @property
    def name(self) -> str:
        """The mesh as ``--mesh`` calls it."""
        return "none" if self.provider == PLAIN else self.provider

    @property
    def release(self) -> str:
        """Flagger's release, as far as its rules are known; the pinned one where its image does not tell."""
        try:
            return ".".join(map(str, releases.version(self.flagger.release if self.flagger else "")))
        except UsageError:
            return releases.RELEASES[-1]

    def lines(self) -> list[str]:
        """What is there, a line each."""
        where = str(self.prometheus) if self.prometheus else self.metrics
        return [
            *self._flagger(),
            self._mesh(),
            f"Prometheus: theirs, {self.prometheus_release or 'release not told'}, {where}",
        ]

    def _flagger(self) -> list[str]:
        if self.flagger is None:
            return ["Flagger: not there"]
        told = self.flagger.release or "release not told"
        lines = [f"Flagger: theirs, {told}, namespace {self.flagger.namespace}, provider {self.provider}"]
        if told != self.release:
            lines.append(f"Flagger {told} is not known here; expected is what {self.release} would do")
        return lines

    def _mesh(self) -> str:
        into = [f"{name}={value}" for name, value in {**self.labels, **self.annotations}.items()]
        ways = f"; tests' namespaces get {', '.join(into)}" if into else ""
        return f"mesh: theirs, {self.mesh}{ways}"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Found:
        """What :meth:`to_json` told."""
        plain: dict[str, Any] = json.loads(text)
        kinds: dict[str, Any] = {"flagger": Running, "mesh": Mesh, "prometheus": Service, "tester": Service}
        return cls(**{name: kinds[name](**one) if name in kinds and one else one for name, one in plain.items()})


def known(provider: str) -> bool:
    """Whether journeys know how to read that provider's routes."""
    return provider in providers.every()
