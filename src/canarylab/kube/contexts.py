"""From a kubeconfig to clients for the cluster that it means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kubernetes import client, config

from canarylab.errors import UsageError

Make = Callable[[], Any]


def connect(kubeconfig: Path | None, context: str | None) -> Make:
    """A function that makes clients for the cluster meant; without a file it is that of KUBECONFIG."""

    def make() -> Any:
        settings = client.Configuration()
        config.load_kube_config(str(kubeconfig) if kubeconfig else None, context, client_configuration=settings)  # type: ignore[no-untyped-call]
        return client.ApiClient(settings)

    try:
        make()
    except (config.ConfigException, OSError) as error:
        raise UsageError(
            f"the kubeconfig cannot be used: {error}", where=str(kubeconfig or "KUBECONFIG"),
            next_step="name one with --kubeconfig, and one of its contexts with --context",
        ) from error  # fmt: skip
    return make


def namespace(kubeconfig: Path | None, context: str | None) -> str:
    """The namespace of the kubeconfig's context, as kubectl takes it."""
    contexts, active = config.list_kube_config_contexts(str(kubeconfig) if kubeconfig else None)  # type: ignore[no-untyped-call]
    chosen = next((one for one in contexts if one["name"] == context), active)
    return str(chosen["context"].get("namespace") or "default")
