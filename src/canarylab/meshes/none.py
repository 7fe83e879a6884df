"""No mesh: Services and nothing more. Blue/green canaries, and Prometheus as Flagger's own manifests bring it."""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.kube.parts import Part
from canarylab.meshes import istio
from canarylab.toolchain import Toolset


@dataclass(frozen=True)
class NoMesh:
    """Plain Kubernetes Services."""

    name: str = "none"
    namespace: str = "flagger-system"
    overlay: str = "kubernetes"
    metrics: tuple[str, ...] = ("mesh", "flagger-prometheus")

    def parts(self, toolset: Toolset) -> list[Part]:
        """What answers on the ClusterIPs."""
        return [istio.definitions(toolset), istio.control_plane(toolset), istio.data_plane()]

    def describe(self, toolset: Toolset) -> list[str]:
        """What is real and what stands in."""
        return [
            f"Services: istiod {toolset.describe('istiod').version} and Envoy stand in for kube-proxy",
            "mesh: none",
        ]
