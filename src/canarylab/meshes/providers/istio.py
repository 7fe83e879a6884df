"""Istio: VirtualServices, read as istiod reads them."""

from __future__ import annotations

from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, MIRROR, DataPlane, Provider, Route
from canarylab.meshes.routing import Routing, Rule

Json = dict[str, Any]

VIRTUAL_SERVICE = Kind("networking.istio.io/v1beta1", "virtualservices", "VirtualService")

_LABELS = 'reporter="destination",destination_workload_namespace="{{ namespace }}",destination_workload=~"{{ target }}"'
QUERIES = queries.of(
    queries.success("istio_requests_total", _LABELS, 'response_code!~"5.*"'),
    queries.quantile("istio_request_duration_milliseconds_bucket", _LABELS),
)


def read(item: Json) -> Routing:
    """A VirtualService; a destination without a weight gets everything."""
    meta, spec = item["metadata"], item["spec"]
    rules = spec.get("http") or spec.get("tcp") or []
    return Routing(meta["name"], meta["namespace"], tuple(map(_rule, rules)))


def _rule(item: Json) -> Rule:
    weights = {one["destination"]["host"].partition(".")[0]: one.get("weight", 100) for one in item.get("route", [])}
    return Rule(weights, tuple(item.get("match", ())))


PROVIDER = Provider(
    name="istio",
    title="Istio",
    plane=DataPlane.REAL,
    about="istiod and Envoy are real; one Envoy per node stands where each pod's sidecar would",
    strategies=(CANARY, AB, BLUE_GREEN, MIRROR),
    route=Route(VIRTUAL_SERVICE, read),
    queries=QUERIES,
)
