"""An AlertProvider for tests, with a server in the cluster that keeps every alert that it is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from canarylab.clusters.cluster import Cluster
from canarylab.journey import Application

Json = dict[str, Any]

_LABELS = {"app": "capture"}


def _objects(namespace: str) -> tuple[Json, ...]:
    container = {
        "name": "capture",
        "image": "canarylab/capture:latest",
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1, "timeoutSeconds": 5},
    }
    template = {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}}
    deployment = {"selector": {"matchLabels": _LABELS}, "template": template}
    service = {"selector": _LABELS, "ports": [{"name": "http", "port": 8080}]}
    slack = {"type": "slack", "channel": "canaries", "address": f"http://capture.{namespace}:8080/alerts"}
    named, kind = {"name": "capture"}, {"apiVersion": "flagger.app/v1beta1", "kind": "AlertProvider"}
    return (
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": named, "spec": deployment},
        {"apiVersion": "v1", "kind": "Service", "metadata": named, "spec": service},
        {**kind, "metadata": named, "spec": slack},
    )


def with_alerts(app: Application) -> Application:
    """The application, with every alert of its canary sent to the capture server."""
    alerts = [{"name": "everything", "severity": "info", "providerRef": {"name": "capture"}}]
    told = app.but(analysis={"alerts": alerts})
    return replace(told, objects=(*told.objects, *_objects(app.namespace)))


def sent(cluster: Cluster, namespace: str) -> list[str]:
    """The texts of the alerts, in the order in which they came."""
    lines = cluster.kubectl("logs", "-n", namespace, "deployment/capture").splitlines()
    return [one["text"] for line in lines for one in json.loads(line)["body"]["attachments"]]
