"""The real metrics-server by its own manifests: what pods use, for `kubectl top` and for HPAs. Installed on demand.

Changed are its image's tag, how often it asks the kubelet, whose certificate it verifies, and its first probe.
"""

from __future__ import annotations

import copy
from typing import Any

from canarylab.kube.parts import Part
from canarylab.meshes import rendered
from canarylab.toolchain import Toolset

Json = dict[str, Any]

NAMESPACE = "kube-system"

_MANIFESTS = "metrics-server/manifests"
_IMAGE = "registry.k8s.io/metrics-server/metrics-server"
_AUTHORITY = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"  # the kubelet's certificate is of the same
# The least resolution that it takes, and it wants the kubelet asked in less: an HPA acts on two readings.
_OPTIONS = {
    "--metric-resolution": "10s",
    "--kubelet-request-timeout": "5s",
    "--kubelet-certificate-authority": _AUTHORITY,
}


def parts(toolset: Toolset) -> list[Part]:
    """Its Deployment, rights, and the API metrics.k8s.io, which the API server hands on to it."""
    version = toolset.describe("metrics-server").version
    found = rendered.kustomization(toolset, toolset.asset(_MANIFESTS))
    return [Part("metrics-server", tuple(_changed(item, version) for item in found), NAMESPACE)]


def _changed(item: Json, version: str) -> Json:
    if item["kind"] != "Deployment":
        return item
    item = copy.deepcopy(item)
    (container,) = item["spec"]["template"]["spec"]["containers"]
    container["image"] = f"{_IMAGE}:{version}"
    kept = [one for one in container["args"] if one.partition("=")[0] not in _OPTIONS]
    container["args"] = [*kept, *(f"{name}={value}" for name, value in _OPTIONS.items())]
    container["readinessProbe"] |= {"initialDelaySeconds": 0, "periodSeconds": 1}
    return item
