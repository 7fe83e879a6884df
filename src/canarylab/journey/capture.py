"""A server beside the application that keeps what Flagger sends: calls of webhooks and alerts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from canarylab.clusters.cluster import Cluster

Json = dict[str, Any]

NAME = "capture"
HOOKS, ALERTS = "/hooks/", "/alerts"
_LABELS = {"app": NAME}
_PORT = 8080


@dataclass(frozen=True)
class Sent:
    """One request that the server got. ``body`` is JSON."""

    path: str
    body: Json

    @property
    def hook(self) -> str:
        """The type of the webhook that was called; empty for an alert."""
        return self.path.removeprefix(HOOKS) if self.path.startswith(HOOKS) else ""


def objects(namespace: str) -> tuple[Json, ...]:
    """The server, its Service, and an AlertProvider (of Slack's kind) that sends to it."""
    container = {
        "name": NAME,
        "image": "canarylab/capture:latest",
        "readinessProbe": {"httpGet": {"path": "/", "port": _PORT}, "periodSeconds": 1, "timeoutSeconds": 5},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
    }
    template = {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}}
    deployment = {"selector": {"matchLabels": _LABELS}, "template": template}
    service = {"selector": _LABELS, "ports": [{"name": "http", "port": _PORT}]}
    slack = {"type": "slack", "channel": "canaries", "address": url(namespace, ALERTS)}
    named = {"name": NAME}
    return (
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named, "spec": deployment},
        {"apiVersion": "v1", "kind": "Service", "metadata": named, "spec": service},
        {"apiVersion": "flagger.app/v1beta1", "kind": "AlertProvider", "metadata": named, "spec": slack},
    )


def url(namespace: str, path: str) -> str:
    """Where the server answers."""
    return f"http://{NAME}.{namespace}:{_PORT}{path}"


def webhook(namespace: str, type_: str) -> Json:
    """A webhook of a type that goes to the server, which lets everything pass."""
    return {"name": f"captured {type_}", "type": type_, "url": url(namespace, f"{HOOKS}{type_}")}


ALERT = {"name": "everything", "severity": "info", "providerRef": {"name": NAME}}


def sent(cluster: Cluster, namespace: str) -> tuple[Sent, ...]:
    """Everything that came, in order."""
    lines = cluster.kubectl("logs", "-n", namespace, f"deployment/{NAME}").splitlines()
    return tuple(Sent(**json.loads(line)) for line in lines)
