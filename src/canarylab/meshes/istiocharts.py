"""Istio by helm: its own charts as releases, and what the local rung has beside them.

The charts are installed as they are, with the values of fixtures/helm. One condition is added to the validating
webhooks afterwards, for the mesh controller's sake, which no value of the charts can say.
"""

from __future__ import annotations

from typing import Any

from canarylab.helm import Release
from canarylab.kube.parts import Part
from canarylab.meshes import istio, rendered
from canarylab.meshes.istio import NAMESPACE
from canarylab.toolchain import Toolset

Json = dict[str, Any]

KINDS = Release("istio-base", "istio-base", NAMESPACE)
CONTROL_PLANE = Release("istiod", "istiod", NAMESPACE)
GATEWAY = Release("istio-ingressgateway", "istio-gateway", NAMESPACE)  # its name is the gateway's

# The configurations of the charts base and istiod, each with its webhook.
_WEBHOOKS = {
    "istiod-default-validator": "validation.istio.io",
    f"istio-validator-{NAMESPACE}": "rev.validation.istio.io",
}


def parts(toolset: Toolset) -> list[Part]:
    """What has no chart here: the Gateway API's kinds, the node's Envoy, the mesh controller, Prometheus."""
    kinds = rendered.files(toolset, toolset.asset("gateway-api/crd/standard"))
    found = tuple(item for item in kinds if item["kind"] == "CustomResourceDefinition")
    return [Part("gateway-api", found), exemption(), istio.data_plane(), istio.prometheus()]


def exemption() -> Part:
    """The field that is applied to the charts' webhooks: helm does not own it, so that an upgrade leaves it."""
    return Part("exemption", tuple(_exempting(*each) for each in _WEBHOOKS.items()))


def _exempting(configuration: str, webhook: str) -> Json:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": configuration},
        "webhooks": [{"name": webhook, "matchConditions": [istio.NOT_OURS]}],
    }
