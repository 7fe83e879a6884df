"""What a scenario says of its repository and of how Flux follows it, and the two objects that this comes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

SOURCE, KUSTOMIZE = "source.toolkit.fluxcd.io/v1", "kustomize.toolkit.fluxcd.io/v1"
NAME = "application"  # of the GitRepository and of the Kustomization
MAIN = "main"
_AGAIN = "5s"  # after which Flux tries once more what did not work


@dataclass(frozen=True)
class Settings:
    """``url`` is somebody's repository, which this machine and Flux reach; empty for one of our own in the cluster.

    ``path`` is the folder in it, ``interval`` how often Flux looks for commits and applies what it has, as Go writes
    durations; ``source`` and ``kustomization`` are laid over the specs of the two objects.
    """

    url: str = ""
    path: str = "canarylab"
    interval: str = "1m"
    source: Mapping[str, Any] = field(default_factory=dict)
    kustomization: Mapping[str, Any] = field(default_factory=dict)

    def branch(self, namespace: str) -> str:
        """One of the test's own in somebody's repository, so that no other is ever written to."""
        return f"canarylab-{namespace}" if self.url else MAIN

    def objects(self, namespace: str, url: str) -> tuple[Json, Json]:
        """The GitRepository and the Kustomization. What was applied stays when the Kustomization goes."""
        repository = {
            "url": url, "ref": {"branch": self.branch(namespace)}, "interval": self.interval, "timeout": "30s",
        }  # fmt: skip
        applied = {
            "sourceRef": {"kind": "GitRepository", "name": NAME}, "path": self.path, "interval": self.interval,
            "retryInterval": _AGAIN, "timeout": "30s", "prune": True, "deletionPolicy": "Orphan",
        }  # fmt: skip
        meta = {"name": NAME, "namespace": namespace}
        return (
            {"apiVersion": SOURCE, "kind": "GitRepository", "metadata": meta, "spec": {**repository, **self.source}},
            {
                "apiVersion": KUSTOMIZE, "kind": "Kustomization", "metadata": meta,
                "spec": {**applied, **self.kustomization},
            },
        )  # fmt: skip
