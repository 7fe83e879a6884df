"""What every rung gives: a kubeconfig, a client, kubectl, the way to Prometheus, and a word about its own health.

One contract suite (e2e/clusters) holds all rungs to it. What differs between a cluster that is ours and one that is
somebody's stands here as well: what marks the namespaces of tests, which objects it takes, and how our own programs run
there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from kubernetes import client, config

from canarylab.clusters.ways import Way
from canarylab.errors import UsageError

Json = dict[str, Any]

LOCAL, KIND, EXISTING = "local", "kind", "existing"


class Cluster(Protocol):
    """A running cluster. ``folder`` holds its state and logs (mode 0700)."""

    @property
    def name(self) -> str: ...
    @property
    def rung(self) -> str: ...
    @property
    def folder(self) -> Path: ...
    @property
    def kubeconfig(self) -> Path: ...

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports on this machine's loopback, by what of the cluster answers there."""
        ...

    @property
    def kubectl_program(self) -> Path:
        """The kubectl that it is asked with."""
        ...

    @property
    def prometheus(self) -> Way:
        """The way to the Prometheus that Flagger asks; EnvironmentFault where there is none."""
        ...

    @property
    def patience(self) -> float:
        """Seconds after which a query about traffic that flows has had its samples, whatever it looks back over."""
        ...

    @property
    def shares_clock(self) -> bool:
        """Whether pods read the monotonic clock of this machine."""
        ...

    @property
    def found_by(self) -> str:
        """The options by which canarylab's commands find it, such as ``--name demo``."""
        ...

    def api_client(self) -> Any:
        """A ``kubernetes.client.ApiClient`` for this cluster, new at each call."""
        ...

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        """Runs kubectl against this cluster and returns its standard output; UsageError when it fails."""
        ...

    def failure(self) -> str | None:
        """What ended the cluster, with its last log lines; None while it lives."""
        ...

    def describe(self) -> list[str]:
        """What of it is real and what stands in, a line each."""
        ...

    def space(self, name: str) -> Json:
        """The Namespace object of a test."""
        ...

    def programs(self) -> tuple[Json, ...]:
        """What a test's namespace needs so that pods of our own images can run in it."""
        ...

    def adapted(self, item: Json) -> Json:
        """An object as it runs there: pods of our own images may need another one."""
        ...

    def unfit(self, objects: Iterable[Json], namespace: str) -> str:
        """Why it does not take an application of these objects in that namespace; empty if it does."""
        ...

    def stop(self, *, keep_folder: bool = False) -> None:
        """Ends what of it is ours: all of a local cluster, of another one only what was put there."""
        ...


def run_kubectl(cluster: Cluster, args: tuple[str, ...], stdin: str | None) -> str:
    """Runs a cluster's kubectl and returns its standard output; UsageError with its own words when it fails."""
    done = subprocess.run(
        [str(cluster.kubectl_program), f"--kubeconfig={cluster.kubeconfig}", *args],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UsageError(f"kubectl {' '.join(args)}: {done.stderr.strip()}", where=f"cluster {cluster.name}")
    return done.stdout


def client_of(cluster: Cluster) -> Any:
    """A client by a cluster's kubeconfig."""
    settings = client.Configuration()
    config.load_kube_config(str(cluster.kubeconfig), client_configuration=settings)  # type: ignore[no-untyped-call]
    return client.ApiClient(settings)
