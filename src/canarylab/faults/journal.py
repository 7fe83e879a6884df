"""The journal: a file for each fault in force, written before the fault begins, so that anybody can undo it.

An entry names the process that has to undo it; when that has died, the entry is abandoned and whoever comes next does
it. A file is written whole or not at all, and only its owner reads it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kubernetes import client, config

from canarylab import paths
from canarylab.clusters.cluster import Cluster
from canarylab.clusters.local import registry
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.faults.steps import Merge

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A fault in force: ``what`` it is in words, where, whose, and the steps that undo it, in their order.

    ``made_by`` names the process that holds a local cluster, since a later one may bear the same name; ``owner`` is the
    process that injected the fault, both as ``PID START_TIME``.
    """

    id: str
    what: str
    cluster: str
    rung: str
    kubeconfig: str
    namespace: str
    undo: Sequence[Mapping[str, Any]]
    owner: str = field(default_factory=lambda: registry.identity(os.getpid()))
    made_by: str = ""
    began: float = field(default_factory=time.time)

    @property
    def file(self) -> Path:
        return paths.faults_dir() / f"{self.id}.json"

    @property
    def changes(self) -> frozenset[str]:
        """The objects of its cluster that are brought back to what they were."""
        return frozenset(f"{self.cluster}{step['path']}" for step in self.undo if step["kind"] == Merge.kind)

    @property
    def abandoned(self) -> bool:
        """Whether the process that has to undo it is gone."""
        return not registry.lives(self.owner)

    @property
    def cluster_gone(self) -> bool:
        """Whether there is nothing left to undo it on."""
        return self.rung == "local" and holder(self.cluster) != self.made_by

    def api(self) -> client.ApiClient:
        """A client of its cluster; EnvironmentFault when the kubeconfig cannot be used."""
        settings = client.Configuration()
        try:
            config.load_kube_config(self.kubeconfig, client_configuration=settings)  # type: ignore[no-untyped-call]
        except (config.ConfigException, OSError) as error:
            raise EnvironmentFault(f"the kubeconfig cannot be used: {error}", where=self.kubeconfig) from error
        return client.ApiClient(settings)

    def write(self) -> None:
        """Puts it into the journal; EnvironmentFault when that cannot be done."""
        try:
            paths.faults_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = paths.faults_dir() / f".{self.id}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(asdict(self), file, indent=1)
            draft.replace(self.file)
        except OSError as error:
            raise EnvironmentFault(
                f"the journal of faults cannot be written: {error.strerror}", where=str(paths.faults_dir()),
                next_step="free the state folder, or set CANARYLAB_STATE to a folder of yours",
            ) from error  # fmt: skip

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)


def entries() -> list[Entry]:
    """All of the journal, the oldest first; a file that another command has just removed is none."""
    found = []
    for file in paths.faults_dir().glob("[!.]*.json"):
        try:
            found.append(Entry(**json.loads(file.read_text())))
        except FileNotFoundError:
            continue
        except (ValueError, TypeError) as error:
            raise UsageError(
                f"not an entry of the journal of faults: {error}",
                where=str(file),
                next_step="look at it, and remove it",
            ) from error
    return sorted(found, key=lambda entry: entry.began)


def holder(cluster: str) -> str:
    """The process that holds a local cluster; empty when there is no such cluster, or it has ended."""
    try:
        record = registry.find(cluster)
    except UsageError:
        return ""
    return registry.identity(pid) if (pid := record.process()) else ""


def entry(id_: str, what: str, cluster: Cluster, namespace: str, undo: Sequence[Mapping[str, Any]]) -> Entry:
    """The entry of a fault that this process is about to inject."""
    return Entry(
        id=id_,
        what=what,
        cluster=cluster.name,
        rung=cluster.rung,
        kubeconfig=str(cluster.kubeconfig),
        namespace=namespace,
        undo=undo,
        made_by=holder(cluster.name) if cluster.rung == "local" else "",
    )
