"""From what is asked to the configuration that kind reads (kind.x-k8s.io/v1alpha4). Pure."""

from __future__ import annotations

from typing import Any

import yaml

from canarylab.clusters.kind.asked import NodeImage
from canarylab.toolchain.versions import numbers

Json = dict[str, Any]

# The kubelet refuses a machine with cgroup v1 from this version on, unless it is told otherwise (KEP-5573).
REFUSES_V1 = (1, 35)
_TOLERANT = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "failCgroupV1": False,
}  # fmt: skip


def refuses_v1(image: NodeImage) -> bool:
    """Whether that Kubernetes refuses cgroup v1 by itself; one that nobody told is taken for new."""
    return not image.kubernetes or numbers(image.kubernetes)[:2] >= REFUSES_V1


def render(name: str, image: NodeImage, nodes: int, cgroup: int) -> Json:
    """A cluster with one control plane, the rest workers, its API server on the loopback of the engine's machine."""
    roles = ["control-plane", *["worker"] * (nodes - 1)]
    made: Json = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": name,
        "networking": {"apiServerAddress": "127.0.0.1"},
        "nodes": [{"role": role, "image": image.reference} for role in roles],
    }
    if cgroup == 1 and refuses_v1(image):
        made["kubeadmConfigPatches"] = [yaml.safe_dump(_TOLERANT)]
    return made
