"""podinfo behind the mesh, its canary initialised by Flagger, its target scaled up as in the middle of a rollout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from canarylab.faults import asker
from canarylab.faults.asker import Asker
from canarylab.faults.site import Site
from canarylab.faults.steps import Reach
from canarylab.journey import Application, Journey
from canarylab.journey.application import CALLERS, podinfo
from canarylab.kube import rest
from canarylab.kube.apply import apply, path
from canarylab.kube.rollout import Workload, wait
from canarylab.stack import Stack

REPLICAS = 2
MERGE = "application/merge-patch+json"
SETTINGS: dict[str, Any] = {
    "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"message": "hello"},
}  # fmt: skip
AUTOSCALER: dict[str, Any] = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "podinfo"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
        "minReplicas": 1,
        "maxReplicas": 4,
        # Nothing measures it here, so it acts by its limits alone.
        "metrics": [
            {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": 1}}}
        ],
    },
}  # fmt: skip
TEMPLATE: dict[str, Any] = {
    "apiVersion": "flagger.app/v1beta1",
    "kind": "MetricTemplate",
    "metadata": {"name": "any"},
    "spec": {
        "provider": {"type": "prometheus", "address": "http://prometheus.istio-system:9090"},
        "query": "vector(1)",
    },
}


def application(namespace: str) -> Application:
    """podinfo with what faults are about: a tracked ConfigMap, an autoscaler, a MetricTemplate."""
    plain = podinfo(namespace).but(analysis={"metrics": None, "webhooks": None})
    container = dict(plain.target["spec"]["template"]["spec"]["containers"][0])
    container["env"] = [
        {"name": "PODINFO_UI_MESSAGE", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "message"}}}
    ]
    spec = plain.target["spec"]["template"]["spec"]
    whole = plain.on(template={"spec": {**spec, "containers": [container]}})
    crowd = replace(CALLERS, per_second=4.0)
    return replace(whole, objects=(SETTINGS, AUTOSCALER, TEMPLATE, *whole.objects), crowds=(crowd,))


def prepare(stack: Stack, namespace: str, folder: Path) -> Journey:
    """A journey that has started, whose new revision has pods although no rollout is on its way."""
    stack.cluster.kubectl("create", "namespace", namespace)
    # Ahead of the workload that reads it, whose pod would otherwise count as one that cannot start.
    apply(stack.cluster.api_client(), [SETTINGS], namespace=namespace)
    journey = Journey(stack, application(namespace), folder)
    journey.start()
    scale(journey, REPLICAS)
    return journey


def scale(journey: Journey, replicas: int) -> None:
    """Gives the target so many pods, and waits for them."""
    api, space = journey.stack.cluster.api_client(), journey.canary.namespace
    where = path("apps/v1", "deployments", space, "podinfo")
    rest.send(api, "PATCH", where, body={"spec": {"replicas": replicas}}, content_type=MERGE)
    wait(api, [Workload("Deployment", space, "podinfo")], bound=60)


@contextmanager
def asking_apex(journey: Journey) -> Iterator[Asker]:
    """A client that asks as users do."""
    site = Site.of(journey)
    client, reach = asker.asking(site, "apex"), Reach(lambda: site.api)
    assert client.action.do is not None
    assert client.action.undo is not None
    client.action.do.run(reach)
    yield client
    client.action.undo.run(reach)


class Stages:
    """The stages of one file's tests, by cluster."""

    def __init__(self) -> None:
        self._made: dict[str, Journey] = {}

    def on(self, stack: Stack, folder: Path) -> Journey:
        """The one on a cluster; made by the first test that needs it."""
        name = stack.cluster.name
        if name not in self._made:
            self._made[name] = prepare(stack, f"faults-{os.getpid()}", folder)
        return self._made[name]

    def leave(self) -> None:
        """Ends them all."""
        for journey in self._made.values():
            journey.stop()
            journey.stack.cluster.kubectl("delete", "namespace", journey.canary.namespace, "--wait=false")
