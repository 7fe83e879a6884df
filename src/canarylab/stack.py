"""A whole stack: a cluster, its DNS, a mesh with Prometheus, and Flagger, brought up together and timed.

Everything is applied at once and becomes ready in whatever order it can; only what the API itself demands
(a CRD before its objects) is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from canarylab import flagger, meshes, toolchain
from canarylab.clusters.cluster import Cluster
from canarylab.flagger import LOADTESTER, Flagger, charted
from canarylab.kube import parts
from canarylab.kube.services import Service
from canarylab.meshes import Mesh, base
from canarylab.process.lifeline import Lifeline
from canarylab.toolchain import Toolset
from canarylab.toolchain.progress import Progress, silent

if TYPE_CHECKING:
    from canarylab.clusters.local.cluster import LocalCluster

MANIFESTS, HELM = "manifests", "helm"
INSTALLERS = (MANIFESTS, HELM)


@dataclass
class Stack:
    """What runs, and where each second of its start went.

    ``lines`` say of what runs on the cluster what is real and what stands in; ``tester`` is Flagger's load tester.
    """

    cluster: Cluster
    mesh: Mesh
    flagger: Flagger
    lines: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    tester: Service = LOADTESTER

    def describe(self) -> list[str]:
        """What is real and what stands in, a line each; then where the seconds went."""
        lines = [*self.cluster.describe(), *self.lines]
        spent = [f"{seconds:7.1f} s  {name}" for name, seconds in self.seconds.items()]
        return [*lines, *(["seconds after the start:", *spent] if spent else [])]

    def facts(self) -> dict[str, object]:
        """The same as plain data."""
        return {
            "name": self.cluster.name,
            "kubeconfig": str(self.cluster.kubeconfig),
            "ports": dict(self.cluster.ports),
            "mesh": self.mesh.name,
            "seconds": self.seconds,
        }


def _local(cluster: LocalCluster, mesh: Mesh, installer: str) -> Stack:
    """A stack on a local cluster, where everything is of its toolset."""
    toolset = cluster.toolset
    release = toolset.describe("flagger").version
    by = "chart" if installer == HELM else "manifests"
    told = [f"Flagger: real, {release}, by its own {by}"] if mesh.overlay else []
    charts = charted.describe(mesh) if installer == HELM else []
    lines = (*mesh.describe(toolset), *told, *charts)
    return Stack(cluster, mesh, Flagger(release, mesh.namespace, mesh.provider), lines)


def start(
    name: str,
    *,
    mesh: str = "istio",
    flagger_version: str | None = None,
    kubernetes_version: str | None = None,
    images: tuple[Path, ...] = (),
    lifeline: int | None = None,
    installer: str = MANIFESTS,
    tell: Callable[[str], None] = lambda _line: None,
    progress: Progress = silent,
) -> Stack:
    """Starts a stack; ends the cluster again when a part of it does not come up (its logs stay).

    Programs that are missing are built first, which ``progress`` is told of; the times count from then on.
    ``installer`` is one of :data:`INSTALLERS`: all manifests at once, or charts by helm, one after the other.
    """
    from canarylab.clusters.local import cluster as local  # noqa: PLC0415 - only this rung needs the extra [local]

    chosen = meshes.get(mesh)
    if installer == HELM:
        charted.require(chosen)
    toolset = toolchain.provision(progress, flagger_version or "", kubernetes=kubernetes_version or "")
    began = time.monotonic()
    everything = installed_parts(toolset, chosen) if installer == MANIFESTS else []
    cluster = local.start(name, toolset, images=images, lifeline=lifeline)
    up = _local(cluster, chosen, installer)
    up.seconds |= {f"{one} ready": after for one, after in cluster.timings.items() if one != "all"}
    tell(f"cluster {name}: control plane and node ready")

    def note(what: str) -> None:
        up.seconds[what] = round(time.monotonic() - began, 1)
        tell(f"{what}: {up.seconds[what]} s")

    try:
        note("control plane and node ready")
        if installer == HELM:
            charted.install(cluster, toolset, chosen, note)
        else:
            parts.install(up.cluster.api_client(), *everything, failure=up.cluster.failure, note=note)
    except BaseException:
        up.cluster.stop(keep_folder=True)
        raise
    return up


def installed_parts(toolset: Toolset, mesh: Mesh) -> list[parts.Part]:
    """What a stack has beside the cluster itself."""
    tester = [flagger.tester(toolset)] if mesh.overlay else []
    return [*base.parts(), *mesh.parts(toolset), *flagger.parts(toolset, mesh), *tester]


def attach(
    name: str,
    *,
    mesh: str = "istio",
    flagger_version: str | None = None,
    kubernetes_version: str | None = None,
    installer: str = MANIFESTS,
) -> Stack:
    """The stack of that name, started by another process."""
    from canarylab.clusters.local import cluster as local  # noqa: PLC0415 - only this rung needs the extra [local]

    toolset = toolchain.installed(flagger_version or "", kubernetes_version or "")
    return _local(local.find(name, toolset), meshes.get(mesh), installer)


@contextmanager
def running(
    name: str, *, mesh: str = "istio", flagger_version: str | None = None, installer: str = MANIFESTS
) -> Iterator[Stack]:
    """A stack for the length of a ``with`` block; it ends with this process at the latest."""
    life = Lifeline()
    try:
        up = start(name, mesh=mesh, flagger_version=flagger_version, lifeline=life.read_end, installer=installer)
        try:
            yield up
        finally:
            up.cluster.stop()
    finally:
        life.close()
