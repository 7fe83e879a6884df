"""The program of the mesh-controller Deployment: keeps the Sidecar in step with the Services."""

from __future__ import annotations

from canarylab.kube import reconcile
from canarylab.kube.reconcile import Kind, Wanted, World
from canarylab.meshes import egress

OWNER = "canarylab-mesh"
SERVICES = Kind("v1", "services", "Service")
MAKES = Kind("networking.istio.io/v1", "sidecars", "Sidecar")


def decide(world: World) -> Wanted:
    """The one Sidecar of all Services, also where there is none."""
    return Wanted((egress.sidecar(world[SERVICES.name]),))


def main() -> None:
    """Runs until it is killed."""
    reconcile.run(reconcile.Api(OWNER), (SERVICES,), (MAKES,), decide)


if __name__ == "__main__":
    main()
