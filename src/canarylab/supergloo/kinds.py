"""The kinds that SuperGloo reads and those that it makes; kinds of one name in two groups have aliases.

The names are the keys of the world that :func:`canarylab.supergloo.decide` is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from canarylab.kube.reconcile import MADE_BY, Json, Kind, World
from canarylab.supergloo.api.data import API_VERSION

OWNER = "supergloo"  # the field manager, and what the objects that it makes are labelled with

_ISTIO, _CONSUL, _APP_MESH = "networking.istio.io/v1", "consul.hashicorp.com/v1alpha1", "appmesh.k8s.aws/v1beta2"

INSTALL = Kind(API_VERSION, "installs", "Install")
MESH = Kind(API_VERSION, "meshes", "Mesh")
MESH_GROUP = Kind(API_VERSION, "meshgroups", "MeshGroup")
MESH_INGRESS = Kind(API_VERSION, "meshingresses", "MeshIngress")
ROUTING_RULE = Kind(API_VERSION, "routingrules", "RoutingRule")
SECURITY_RULE = Kind(API_VERSION, "securityrules", "SecurityRule")
UPSTREAM = Kind(API_VERSION, "upstreams", "Upstream")
# All versions are kept in one form, so that any one of them shows them all.
TRAFFIC_SPLIT = Kind("split.smi-spec.io/v1alpha2", "trafficsplits", "TrafficSplit")
CANARY = Kind("flagger.app/v1beta1", "canaries", "Canary")

SERVICE = Kind("v1", "services", "Service")
NAMESPACE = Kind("v1", "namespaces", "Namespace", namespaced=False)
WORKLOADS = (
    Kind("apps/v1", "deployments", "Deployment"),
    Kind("apps/v1", "daemonsets", "DaemonSet"),
    Kind("apps/v1", "statefulsets", "StatefulSet"),
)
API_SERVICE = Kind("apiregistration.k8s.io/v1", "apiservices", "APIService", namespaced=False)

VIRTUAL_SERVICE = Kind(_ISTIO, "virtualservices", "VirtualService")
DESTINATION_RULE = Kind(_ISTIO, "destinationrules", "DestinationRule")
AUTHORIZATION_POLICY = Kind("security.istio.io/v1", "authorizationpolicies", "AuthorizationPolicy")
HTTP_ROUTE = Kind("gateway.networking.k8s.io/v1", "httproutes", "HTTPRoute")
VIRTUAL_NODE = Kind(_APP_MESH, "virtualnodes", "VirtualNode", "VirtualNode.appmesh")
VIRTUAL_ROUTER = Kind(_APP_MESH, "virtualrouters", "VirtualRouter", "VirtualRouter.appmesh")
APP_MESH_SERVICE = Kind(_APP_MESH, "virtualservices", "VirtualService", "VirtualService.appmesh")
SPLITTER = Kind(_CONSUL, "servicesplitters", "ServiceSplitter")
ROUTER = Kind(_CONSUL, "servicerouters", "ServiceRouter")
RESOLVER = Kind(_CONSUL, "serviceresolvers", "ServiceResolver")

MADE = (
    VIRTUAL_SERVICE, DESTINATION_RULE, AUTHORIZATION_POLICY, HTTP_ROUTE, VIRTUAL_NODE, VIRTUAL_ROUTER,
    APP_MESH_SERVICE, SPLITTER, ROUTER, RESOLVER, UPSTREAM,
)  # fmt: skip
WATCHED = (
    INSTALL, MESH, MESH_GROUP, MESH_INGRESS, ROUTING_RULE, SECURITY_RULE, TRAFFIC_SPLIT, CANARY, SERVICE, NAMESPACE,
    *WORKLOADS, API_SERVICE, *MADE,
)  # fmt: skip


def made(kind: Kind, name: str, namespace: str, spec: Json, annotations: dict[str, str] | None = None) -> Json:
    """An object of a kind."""
    meta = {"name": name, "namespace": namespace, **({"annotations": annotations} if annotations else {})}
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta, "spec": spec}


def items(world: World, kind: Kind) -> Sequence[Json]:
    """The objects of a kind."""
    return world.get(kind.name, ())


def ours(item: Json) -> bool:
    """Whether SuperGloo has made it."""
    return bool(item["metadata"].get("labels", {}).get(MADE_BY) == OWNER)


def unserved(world: World, kinds: Iterable[Kind]) -> list[str]:
    """The APIs of these kinds that the cluster does not serve; none where the world does not tell what it serves."""
    if API_SERVICE.name not in world:
        return []
    served = {one["metadata"]["name"] for one in items(world, API_SERVICE)}
    wanted = sorted({kind.api_version for kind in kinds if kind.group})
    return [one for one in wanted if "{1}.{0}".format(*one.split("/")) not in served]
