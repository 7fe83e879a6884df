"""AWS App Mesh: VirtualServices (v1beta1) and VirtualRouters (v1beta2), whose routes lead to VirtualNodes.

Flagger calls a VirtualNode as the Service that it stands for, and so it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries, recording, routing
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, DataPlane, Provider, Route, Setting
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

MESH = "global"  # the mesh of Flagger's own examples

_GROUP = "appmesh.k8s.aws"
_EVENTS = {
    "server-error": "5xx",
    "gateway-error": "gateway-error",
    "client-error": "retriable-4xx",
    "stream-error": "refused-stream",
    "connection-error": "connect-failure",
}
_LAST = 1001  # where a route without a priority stands: behind those with one, which end at 1000
_PODS = 'kubernetes_namespace="{{ namespace }}",kubernetes_pod_name=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"'
# A pod's name has two words after the Deployment's. Which pod answered is not known, so that two words stand for all.
_RECORDED = {"kubernetes_namespace": "{namespace}", "kubernetes_pod_name": "{workload}-any-pod"}


def read_service(item: Json) -> Routing | None:
    """A VirtualService of v1beta1, which is called SERVICE.NAMESPACE; None for one of v1beta2, which has no routes."""
    return _routing(item, ("http",), lambda target: str(target["virtualNodeName"]))


def read_router(item: Json) -> Routing | None:
    """A VirtualRouter of v1beta2, which is called as the Service."""
    return _routing(item, ("httpRoute", "http2Route"), _node)


def _node(target: Json) -> str:
    """A node by its name, with its namespace where that is told."""
    ref = target["virtualNodeRef"]
    return ".".join(ref[key] for key in ("name", "namespace") if key in ref)


def _routing(item: Json, keys: Sequence[str], node: Callable[[Json], str]) -> Routing | None:
    meta = item["metadata"]
    routes = sorted(item["spec"].get("routes", ()), key=lambda route: route.get("priority", _LAST))
    said = [route[key] for route in routes for key in keys if key in route]
    rules, service = tuple(_rule(one, node, meta["namespace"]) for one in said), meta["name"].partition(".")[0]
    return Routing(service, meta["namespace"], rules, f"appmesh/{service}") if rules else None


def _rule(route: Json, node: Callable[[Json], str], space: str) -> Rule:
    targets = {node(target): target for target in route["action"]["weightedTargets"]}
    weights = {name: target["weight"] for name, target in targets.items()}
    further = {name: made for name, target in targets.items() if (made := _destination(name, target, space))}
    match = _match(route["match"])
    return Rule(weights, (match,) if match else (), destinations=further, treated=_treated(route))


def _destination(name: str, target: Json, space: str) -> Json:
    """What of a destination the node's name alone does not say."""
    service, _, elsewhere = name.partition(".")
    host = {"host": routing.host(service, elsewhere)} if elsewhere not in ("", space) else {}
    return {**host, **({"port": {"number": target["port"]}} if "port" in target else {})}


def _match(match: Json) -> Json:
    """All of a match's conditions have to be met; the prefix / is none."""
    prefix = {"prefix": match["prefix"]} if match.get("prefix", "/") != "/" else {}
    query = {one["name"]: one.get("match") or {"regex": ".*"} for one in match.get("queryParameters", ())}
    parts: Json = {
        "uri": match.get("path") or prefix,
        "method": {"exact": match["method"]} if "method" in match else {},
        "port": match.get("port"),
        "queryParams": query,
        **routing.headers((one["name"], _condition(one.get("match", {}))) for one in match.get("headers", ())),
    }
    return {key: part for key, part in parts.items() if part}


def _treated(route: Json) -> Json:
    """How long an answer may take, and what is tried again."""
    policy, bound = route.get("retryPolicy", {}), route.get("timeout", {}).get("perRequest")
    events = [*policy.get("httpRetryEvents", ()), *policy.get("tcpRetryEvents", ())]
    retries = {
        "attempts": policy.get("maxRetries"),
        "perTryTimeout": _per_try(policy),
        "retryOn": ",".join(_EVENTS[event] for event in events if event in _EVENTS),
    }
    parts: Json = {
        "timeout": _duration(bound) if bound else "",
        "retries": {key: part for key, part in retries.items() if part} if policy.get("maxRetries") else {},
    }
    return {key: part for key, part in parts.items() if part}


def _per_try(policy: Json) -> str:
    """v1beta1 counts milliseconds, v1beta2 names the unit."""
    if "perRetryTimeoutMillis" in policy:
        return f"{policy['perRetryTimeoutMillis']}ms"
    return _duration(policy["perRetryTimeout"]) if "perRetryTimeout" in policy else ""


def _duration(duration: Json) -> str:
    return f"{duration['value']}{duration['unit']}"


def _condition(match: Json) -> Json:
    """Istio knows no suffix."""
    return {"regex": f".*{re.escape(match['suffix'])}"} if "suffix" in match else match


def _called(canary: Canary) -> str:
    return f"{canary.apex}.{canary.namespace}"


def _in_a_mesh(_canary: Canary) -> Setting:
    """v1beta1 wants the mesh's name, and Flagger makes nothing without it."""
    return Setting({"service": {"meshName": MESH}})


_QUERIES = queries.of(
    queries.success("envoy_cluster_upstream_rq", _PODS, 'envoy_response_code!~"5.*"'),
    queries.quantile("envoy_cluster_upstream_rq_time_bucket", _PODS),
)

_appmesh = partial(
    Provider,
    plane=DataPlane.TRANSLATED,
    strategies=(CANARY, AB, BLUE_GREEN),
    queries=_QUERIES,
    records=recording.of_envoy(_RECORDED, 'route=~"appmesh/.+"'),
    definitions=("appmesh",),
)

_TRAPS = (
    "mirror: true loops at weight 0 for ever (pkg/router/appmesh*.go takes no mirror)",
    "conditions of several matches have to be met together, not one of them (#340)",
    "only the headers of a match are written; a match of the query alone takes all users (#1601)",
    "the routes lead to the primary before it is ready (pkg/controller/scheduler.go): until then users get 503",
    "a DaemonSet's pods fit no query, but its primary's do (pkg/metrics/observers/appmesh.go wants two words)",
)

V1BETA1 = _appmesh(
    name="appmesh",
    title="AWS App Mesh v1beta1",
    about="VirtualServices are translated to Istio's; the metrics are recorded of Istio's",
    route=Route(
        Kind(f"{_GROUP}/v1beta1", "virtualservices", "VirtualService", "VirtualService.appmesh"), read_service, _called
    ),
    setting=_in_a_mesh,
    upstream=(
        *_TRAPS,
        "labels of service.apex are written again at each tick (pkg/router/appmesh.go holds them against annotations)",
    ),
)

V1BETA2 = _appmesh(
    name="appmesh:v1beta2",
    title="AWS App Mesh v1beta2",
    about="VirtualRouters are translated to Istio's VirtualServices; the metrics are recorded of Istio's",
    route=Route(Kind(f"{_GROUP}/v1beta2", "virtualrouters", "VirtualRouter"), read_router),
    upstream=(*_TRAPS, "no TLS can be given to the VirtualNodes (#1410)"),
)

PROVIDERS = (V1BETA1, V1BETA2)
