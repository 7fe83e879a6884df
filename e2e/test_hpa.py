"""An HPA scales for real: the kubelet measures, the real metrics-server tells it, the controller manager acts on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from node.pods import until

from canarylab.journey import Application, Journey
from canarylab.journey.application import podinfo
from canarylab.kube import parts
from canarylab.meshes import metricsserver
from canarylab.stack import Stack

Json = dict[str, Any]

BOUND = 120.0  # seconds: two readings of the metrics-server, and a look of the controller each 15 s
HALF = {"type": "Utilization", "averageUtilization": 50}
HPA: Json = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "podinfo"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"},
        "minReplicas": 1,
        "maxReplicas": 3,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": HALF},
            }
        ],
    },
}
REF = {"autoscalerRef": {"apiVersion": HPA["apiVersion"], "kind": HPA["kind"], "name": "podinfo"}}


@pytest.fixture
def app(namespace: str, stack: Stack) -> Application:
    parts.install(
        stack.cluster.api_client(), *metricsserver.parts(stack.cluster.toolset), failure=stack.cluster.failure
    )
    plain = podinfo(namespace)
    return replace(plain, objects=(*plain.objects, HPA)).but(**REF)


def usage(stack: Stack, namespace: str) -> dict[str, int]:
    """Thousandths of a core by pod, as ``kubectl top`` prints them."""
    rows = map(str.split, stack.cluster.kubectl("top", "pods", "-n", namespace, "--no-headers").splitlines())
    return {name: int(cpu.removesuffix("m")) for name, cpu, _memory in rows}


@pytest.mark.nightly
def test_the_hpa_that_flagger_makes_for_the_primary_scales_it_under_load(
    canary: Journey, stack: Stack, namespace: str
) -> None:
    canary.start()
    path = ("get", "hpa", "podinfo-primary", "-n", namespace, "-o", "jsonpath={.status.desiredReplicas}")
    assert until(lambda: int(stack.cluster.kubectl(*path) or 0) > 1, bound=BOUND)
    used = [cpu for name, cpu in usage(stack, namespace).items() if name.startswith("podinfo-primary-")]
    assert max(used) > 5
    events = stack.cluster.kubectl("get", "events", "-n", namespace, "--field-selector=reason=SuccessfulRescale")
    assert "cpu resource utilization (percentage of request) above target" in events
