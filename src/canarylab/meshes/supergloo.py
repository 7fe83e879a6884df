"""A cluster in which SuperGloo is to bring the mesh: Services, and neither a mesh nor Flagger at first.

Also SuperGloo itself, for the meshes that Flagger drives through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canarylab import paths
from canarylab.kube import manifests
from canarylab.kube.parts import Part
from canarylab.meshes.istio import NAMESPACE
from canarylab.meshes.none import node_proxy
from canarylab.toolchain import Toolset

ANNOTATION = "supergloo.solo.io/mesh"
"""NAME or NAME.NAMESPACE of a Mesh or MeshGroup, or none: for whom a Canary's TrafficSplit is."""

_SPACE = "supergloo-system"


def controller(mesh: str, spec: Mapping[str, Any]) -> list[Part]:
    """SuperGloo by its chart's files, and a Mesh."""
    chart = paths.fixtures() / "supergloo" / "chart"
    known = {"apiVersion": "supergloo.solo.io/v1", "kind": "Mesh", "metadata": {"name": mesh}, "spec": spec}
    itself = manifests.read(chart / "crds", chart / "supergloo.yaml")
    return [Part("supergloo", (manifests.namespace(_SPACE), *itself), _SPACE), Part(f"mesh-{mesh}", (known,), _SPACE)]


@dataclass(frozen=True)
class SuperGloo:
    """What ``supergloo install`` is to bring; Flagger, installed then, drives it by SMI's TrafficSplits."""

    name: str = "supergloo"
    namespace: str = NAMESPACE
    overlay: str = ""
    provider: str = "smi:v1alpha2"
    metrics: tuple[str, ...] = ()

    def parts(self, toolset: Toolset) -> list[Part]:
        """What answers on the ClusterIPs until a mesh does."""
        del toolset
        return [node_proxy()]

    def describe(self, toolset: Toolset) -> list[str]:
        """What is real and what stands in."""
        return [
            f"Services: a stock Envoy {toolset.describe('envoy').version} on the node stands in for kube-proxy",
            "mesh and Flagger: none, SuperGloo is to bring the one and drive it for the other",
        ]
