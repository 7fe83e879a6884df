"""The Gateway API: HTTPRoutes, which istiod itself takes; and plain Kubernetes, which asks the same metrics."""

from __future__ import annotations

from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, MIRROR, DataPlane, Provider, Route, Setting
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

_PODS = 'kubernetes_namespace="{{ namespace }}",kubernetes_pod_name=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"'
QUERIES = queries.of(
    queries.success("http_request_duration_seconds_count", _PODS, 'status!~"5.*"'),
    queries.quantile("http_request_duration_seconds_bucket", _PODS),
)


def read(item: Json) -> Routing:
    """An HTTPRoute; a weight that is not given is 1, as in the API."""
    meta = item["metadata"]
    return Routing(meta["name"], meta["namespace"], tuple(map(_rule, item["spec"].get("rules") or [])))


def _rule(item: Json) -> Rule:
    return Rule({one["name"]: one.get("weight", 1) for one in item.get("backendRefs", [])})


def to_the_service(canary: Canary) -> Setting:
    """The route's parent is the Service itself (GAMMA), so that users in the cluster are meant."""
    parent = {"group": "", "kind": "Service", "name": canary.apex, "port": canary.port}
    return Setting({"service": {"gatewayRefs": [parent]}})


def _gateway(version: str) -> Provider:
    return Provider(
        name=f"gatewayapi:{version}",
        title=f"Gateway API {version}",
        plane=DataPlane.REAL,
        about="istiod takes HTTPRoutes itself; the metrics are the application's own",
        strategies=(CANARY, AB, BLUE_GREEN, MIRROR),
        # Both versions are kept in the same form, so either sees the routes that the other has written.
        route=Route(Kind("gateway.networking.k8s.io/v1", "httproutes", "HTTPRoute"), read),
        queries=QUERIES,
        setting=to_the_service,
    )


KUBERNETES = Provider(
    name="kubernetes",
    title="Kubernetes",
    plane=DataPlane.REAL,
    about="no route: Flagger switches the Service between two sets of pods; the metrics are the application's own",
    strategies=(BLUE_GREEN,),
    route=None,
    queries=QUERIES,
)

PROVIDERS = (*map(_gateway, ("v1", "v1beta1")), KUBERNETES)
