"""What every rung gives: a kubeconfig, a client, kubectl, and a word about its own health."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from canarylab.toolchain import Toolset


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
    def toolset(self) -> Toolset: ...

    def api_client(self) -> Any:
        """A ``kubernetes.client.ApiClient`` for this cluster, new at each call."""
        ...

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        """Runs kubectl against this cluster and returns its standard output; UsageError when it fails."""
        ...

    def failure(self) -> str | None:
        """What ended the cluster, with its last log lines; None while it lives."""
        ...
