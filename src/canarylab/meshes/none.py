"""No mesh: Services and nothing more, by a stock Envoy on the node that passes bytes where kube-proxy would.

Canaries are blue/green, and Prometheus is the one that Flagger's own manifests bring.
"""

from __future__ import annotations

from dataclasses import dataclass

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.toolchain import Toolset


def node_proxy() -> Part:
    """The node's Envoy, and the program that keeps its files."""
    return Part("node-proxy", tuple(manifests.read(paths.fixtures() / "none")), "kube-system")


@dataclass(frozen=True)
class NoMesh:
    """Plain Kubernetes Services."""

    name: str = "none"
    namespace: str = "flagger-system"
    overlay: str = "kubernetes"
    provider: str = "kubernetes"
    metrics: tuple[str, ...] = ("node-proxy", "flagger-prometheus")

    def parts(self, toolset: Toolset) -> list[Part]:
        """What answers on the ClusterIPs."""
        del toolset
        return [node_proxy()]

    def describe(self, toolset: Toolset) -> list[str]:
        """What is real and what stands in."""
        return [
            f"Services: a stock Envoy {toolset.describe('envoy').version} on the node stands in for kube-proxy",
            "mesh: none",
        ]
