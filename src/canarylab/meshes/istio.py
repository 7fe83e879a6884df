"""Istio: the real istiod by its own charts, a stock Envoy per node in place of the sidecars, a gateway.

The injector's webhook is left out, since no pod has a sidecar here. The rest of the charts is applied as
rendered, but for whom the validating webhooks concern and how soon istiod is asked whether it is ready.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.meshes import rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

NAMESPACE = "istio-system"

_CHARTS = "istio/manifests/charts"
# CustomResourceDefinitions come from ``definitions``, with those of the Gateway API.
_LEFT_OUT = frozenset({"MutatingWebhookConfiguration", "CustomResourceDefinition"})
NOT_OURS = {
    "name": "not-the-mesh-controller",
    "expression": f"request.userInfo.username != 'system:serviceaccount:{NAMESPACE}:mesh-controller'",
}


def definitions(toolset: Toolset) -> Part:
    """The kinds of Istio and of the Gateway API."""
    sources = [
        toolset.asset(f"{_CHARTS}/base/files/crd-all.gen.yaml"),
        toolset.asset("gateway-api/crd/standard"),
    ]
    found = [item for item in rendered.files(toolset, *sources) if item["kind"] == "CustomResourceDefinition"]
    return Part("istio-definitions", (manifests.namespace(NAMESPACE), *found))


def control_plane(toolset: Toolset) -> Part:
    """istiod, its rights and its validating webhooks."""
    values, charts = paths.fixtures() / "istio", toolset.asset(_CHARTS)
    base = rendered.chart(toolset, "istio-base", charts / "base", values / "base-values.yaml", NAMESPACE)
    istiod = rendered.chart(
        toolset, "istiod", charts / "istio-control/istio-discovery", values / "istiod-values.yaml", NAMESPACE
    )
    wanted = [_asked_at_once(_exempting(item)) for item in [*base, *istiod] if item["kind"] not in _LEFT_OUT]
    return Part("istiod", tuple(wanted), NAMESPACE)


def _exempting(item: Json) -> Json:
    """The validating webhooks let the mesh controller through: its Sidecar has a port on many addresses.

    istiod computes such a Sidecar well; only its validation wants each port number once, whatever the address.
    """
    if item["kind"] != "ValidatingWebhookConfiguration":
        return item
    return {**item, "webhooks": [{**hook, "matchConditions": [NOT_OURS]} for hook in item["webhooks"]]}


def _asked_at_once(item: Json) -> Json:
    """istiod is asked each second whether it is ready.

    The chart says 3 s, and a kubelet that has just started puts off a probe by a random part of its period.
    """
    if item["kind"] != "Deployment":
        return item
    item = copy.deepcopy(item)
    for container in item["spec"]["template"]["spec"]["containers"]:
        container["readinessProbe"] |= {"initialDelaySeconds": 0, "periodSeconds": 1}
    return item


def data_plane() -> Part:
    """The node's Envoy and its controller, and what configures them."""
    files = [paths.fixtures() / "istio" / f"{name}.yaml" for name in ("envoy", "controller", "config")]
    return Part("mesh", tuple(manifests.read(*files)), NAMESPACE)


def ingress() -> Part:
    """The gateway that lets the host in."""
    return Part("ingress", tuple(manifests.read(paths.fixtures() / "istio" / "ingress.yaml")), NAMESPACE)


def prometheus() -> Part:
    """Prometheus, which finds the proxies and gives their numbers Istio's names."""
    return Part("prometheus", tuple(manifests.read(paths.fixtures() / "prometheus")), NAMESPACE)


@dataclass(frozen=True)
class Istio:
    """Istio from its main branch."""

    name: str = "istio"
    namespace: str = NAMESPACE
    overlay: str = "istio"
    provider: str = "istio"
    metrics: tuple[str, ...] = ("mesh", "prometheus")

    def parts(self, toolset: Toolset) -> list[Part]:
        """Everything that Istio runs here."""
        return [definitions(toolset), control_plane(toolset), data_plane(), ingress(), prometheus()]

    def describe(self, toolset: Toolset) -> list[str]:
        """What is real and what stands in."""
        istiod, envoy = toolset.describe("istiod"), toolset.describe("envoy")
        prometheus_version = toolset.describe("prometheus").version
        return [
            f"istiod: real, {istiod.version}, main branch, by its own charts",
            f"Envoy: real, {envoy.version}, stock; one per node before every ClusterIP stands in for the sidecars",
            "ingress gateway: real Envoy, driven by istiod",
            f"Prometheus: real, {prometheus_version}; Istio's metrics by Envoy's stats access logger and relabelling",
            "not there: sidecar injection, mutual TLS between pods, UDP services",
        ]
