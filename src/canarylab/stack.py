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

from canarylab import flagger, meshes, toolchain
from canarylab.clusters.local import cluster as local
from canarylab.clusters.local.cluster import LocalCluster
from canarylab.flagger import Flagger
from canarylab.kube import parts
from canarylab.meshes import Mesh, base
from canarylab.process.lifeline import Lifeline
from canarylab.toolchain import Toolset
from canarylab.toolchain.progress import Progress, silent


@dataclass
class Stack:
    """What runs, and where each second of its start went."""

    cluster: LocalCluster
    mesh: Mesh
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def flagger(self) -> Flagger:
        """Flagger as this stack has it."""
        return Flagger(self.cluster.toolset.describe("flagger").version, self.mesh.namespace, self.mesh.overlay)

    def describe(self) -> list[str]:
        """What is real and what stands in, a line each; then where the seconds went."""
        toolset = self.cluster.toolset
        kubernetes, release = toolset.describe("kube-apiserver").version, toolset.describe("flagger").version
        lines = [
            f"cluster {self.cluster.name}: local; Kubernetes {kubernetes}: real, as processes in Linux namespaces",
            "containers: processes of the host's programs; container images stand in by fixtures/images.yaml",
            *self.mesh.describe(toolset),
            f"Flagger: real, {release}, by its own manifests",
        ]
        spent = [f"{seconds:7.1f} s  {name}" for name, seconds in self.seconds.items()]
        return [*lines, *(["seconds after the start:", *spent] if spent else [])]

    def facts(self) -> dict[str, object]:
        """The same as plain data."""
        return {
            "name": self.cluster.name,
            "kubeconfig": str(self.cluster.kubeconfig),
            "ports": self.cluster.ports,
            "mesh": self.mesh.name,
            "seconds": self.seconds,
        }


def start(
    name: str,
    *,
    mesh: str = "istio",
    flagger_version: str | None = None,
    images: tuple[Path, ...] = (),
    lifeline: int | None = None,
    tell: Callable[[str], None] = lambda _line: None,
    progress: Progress = silent,
) -> Stack:
    """Starts a stack; ends the cluster again when a part of it does not come up (its logs stay).

    Programs that are missing are built first, which ``progress`` is told of; the times count from then on.
    """
    chosen = meshes.get(mesh)
    toolset = toolchain.provision(progress, flagger_version or "")
    began = time.monotonic()
    everything = installed_parts(toolset, chosen)
    up = Stack(local.start(name, toolset, images=images, lifeline=lifeline), chosen)
    up.seconds |= {f"{one} ready": after for one, after in up.cluster.timings.items() if one != "all"}
    tell(f"cluster {name}: control plane and node ready")

    def note(what: str) -> None:
        up.seconds[what] = round(time.monotonic() - began, 1)
        tell(f"{what}: {up.seconds[what]} s")

    try:
        note("control plane and node ready")
        parts.install(up.cluster.api_client(), *everything, failure=up.cluster.failure, note=note)
    except BaseException:
        up.cluster.stop(keep_folder=True)
        raise
    return up


def installed_parts(toolset: Toolset, mesh: Mesh) -> list[parts.Part]:
    """What a stack has beside the cluster itself."""
    return [*base.parts(), *mesh.parts(toolset), *flagger.parts(toolset, mesh), flagger.tester(toolset)]


def attach(name: str, *, mesh: str = "istio", flagger_version: str | None = None) -> Stack:
    """The stack of that name, started by another process."""
    chosen = meshes.get(mesh)
    return Stack(local.find(name, toolchain.installed(flagger_version or "")), chosen)


@contextmanager
def running(name: str, *, mesh: str = "istio", flagger_version: str | None = None) -> Iterator[Stack]:
    """A stack for the length of a ``with`` block; it ends with this process at the latest."""
    life = Lifeline()
    try:
        up = start(name, mesh=mesh, flagger_version=flagger_version, lifeline=life.read_end)
        try:
            yield up
        finally:
            up.cluster.stop()
    finally:
        life.close()
