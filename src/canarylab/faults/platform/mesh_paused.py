"""The mesh's control plane stands still: the proxies go on with the routes that they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.errors import UsageError
from canarylab.faults.fault import LOCAL, PLATFORM, Fault, Plan
from canarylab.faults.platform import pausing
from canarylab.faults.site import Site
from canarylab.kube.apply import path


@dataclass(frozen=True)
class MeshPaused(Fault):
    """Istio's webhook is istiod's: Flagger's writes of the route are refused, and the rollout goes on at the end."""

    name: ClassVar[str] = "mesh-paused"
    about: ClassVar[str] = "istiod stands still, so that routes can neither be written nor take effect"
    measured: ClassVar[str] = (
        "by requests to istiod's readiness through the API server, which wait in vain for a second"
    )
    family: ClassVar[str] = PLATFORM
    exclusive: ClassVar[bool] = True
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    def plan(self, site: Site) -> Plan:
        space, settings = site.mesh_namespace, site.api.configuration
        pods = site.labelled(space, {"app": "istiod"})
        if not pods:
            raise UsageError("istiod has no pod", where=space)
        where = path("v1", "pods", space, f"{pods[0]['metadata']['name']}:8080") + "/proxy/ready"
        return pausing.plan(site, "pilot-discovery", lambda: pausing.ask(settings, where), "istiod")
