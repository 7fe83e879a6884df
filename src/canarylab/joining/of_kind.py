"""A stack on a kind cluster: it is made, a mesh and Flagger are brought, and then it is joined like any other."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from canarylab import toolchain
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.kind import asked as asking
from canarylab.clusters.kind import cluster as kind
from canarylab.clusters.kind import record
from canarylab.clusters.kind.asked import Asked
from canarylab.clusters.kind.cluster import KindCluster
from canarylab.clusters.kind.record import Record
from canarylab.errors import UsageError
from canarylab.joining import bring
from canarylab.joining.join import Joined, Wish, join
from canarylab.stack import Stack
from canarylab.toolchain.progress import Progress, silent

Tell = Callable[[str], None]


class Ours(Joined):
    """What was found on a kind cluster; its folder is the cluster's, and so is its end."""

    @property
    def record(self) -> Record:
        return record.find(self.context.removeprefix(record.PREFIX))

    @property
    def folder(self) -> Path:
        return self.record.root

    @property
    def cluster(self) -> KindCluster:
        return KindCluster.of(super().cluster, self.record)


def images(mesh: str, users: str) -> tuple[str, ...]:
    """What runs on the nodes: the images of the charts, and that of users' pods."""
    return (*asking.preloaded(mesh), users)


def start(
    name: str,
    asked: Asked,
    wish: Wish,
    *,
    mesh: str = "istio",
    flagger: str = "",
    lifeline: int | None = None,
    tell: Tell = lambda _line: None,
    progress: Progress = silent,
) -> Stack:
    """Starts a stack; the cluster is deleted again when a part of it does not come up (its logs stay).

    ``lifeline`` is what it has to end with, None if it may outlive the run. ``wish`` says what its users' pods and
    namespaces need; its context and kubeconfig are those of the new cluster.
    """
    bring.releases(mesh)  # a mesh that cannot be brought is told before anything starts
    wanted = images(mesh, wish.image)
    kind.require(asked, wanted)
    toolset = toolchain.provision(progress, flagger)
    made = kind.start(name, asked, wanted, lifeline=lifeline, tell=tell)
    try:
        bring.install(made.kubeconfig, mesh, toolset, tell, lambda: None)
        joined = join(_of(made, wish), Mark(secrets.token_hex(4), ""))
        made.joined.write_text(joined.to_json())
        joined.forget()  # the kubeconfig of its own: the cluster's folder has one
        return Ours.from_json(joined.to_json()).start()
    except BaseException:
        kind.abandon(made)
        raise


def attach(name: str) -> Stack:
    """The stack on the kind cluster of that name, started by another process."""
    made = record.find(name)
    if not made.joined.is_file():
        raise UsageError(f"the kind cluster {name} has no stack yet", next_step=f"canarylab down --name {name}")
    return Ours.from_json(made.joined.read_text()).stack


def _of(made: Record, wish: Wish) -> Wish:
    return replace(wish, context=made.context, kubeconfig=str(made.kubeconfig), install=True)
