"""SMI's TrafficSplit, by which Flagger drives Linkerd (v1alpha1), Open Service Mesh (v1alpha2) and whoever takes it.

SMI was archived in 2023 and Linkerd gave its TrafficSplit up before, so no control plane that reads it is run here.
"""

from __future__ import annotations

from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries, recording
from canarylab.meshes.provider import BLUE_GREEN, CANARY, DataPlane, Provider, Route
from canarylab.meshes.providers import istio
from canarylab.meshes.recording import Record
from canarylab.meshes.routing import Routing, Rule

Json = dict[str, Any]

_GROUP = "split.smi-spec.io"
_LINKERD, _INBOUND = 'namespace="{{ namespace }}",deployment=~"{{ target }}"', 'direction="inbound"'
_OSM = 'destination_namespace="{{ namespace }}",destination_kind="Deployment",destination_name="{{ target }}"'


def read(item: Json) -> Routing:
    """A TrafficSplit; v1alpha1 writes its weights as quantities, the others as numbers."""
    meta, spec = item["metadata"], item["spec"]
    weights = {one["service"]: int(one["weight"]) for one in spec["backends"]}
    return Routing(spec["service"], meta["namespace"], (Rule(weights),))


def _kind(version: str) -> Kind:
    return Kind(f"{_GROUP}/{version}", "trafficsplits", "TrafficSplit", f"TrafficSplit.{version}")


_LINKERD_LABELS = {"namespace": "{namespace}", "deployment": "{workload}", "direction": "inbound"}
_OSM_LABELS = {
    "destination_namespace": "{namespace}",
    "destination_kind": "Deployment",
    "destination_name": "{workload}",
}
_LINKERD_RECORDS = (
    Record(
        "response_total",
        recording.REQUESTS,
        {**_LINKERD_LABELS, "classification": "success"},
        select='response_code!~"5.*"',
    ),
    Record(
        "response_total",
        recording.REQUESTS,
        {**_LINKERD_LABELS, "classification": "failure"},
        select='response_code=~"5.*"',
    ),
    Record("response_latency_ms_bucket", f"{recording.DURATION}_bucket", _LINKERD_LABELS),
)
_OSM_RECORDS = (
    Record("osm_request_total", recording.REQUESTS, _OSM_LABELS),
    Record("osm_request_duration_ms_bucket", f"{recording.DURATION}_bucket", _OSM_LABELS),
)


def _smi(version: str) -> Provider:
    return Provider(
        name=f"smi:{version}",
        title=f"SMI {version}",
        plane=DataPlane.TRANSLATED,
        about="TrafficSplits are translated to Istio's VirtualServices; Flagger asks Istio's metrics",
        strategies=(CANARY, BLUE_GREEN),
        route=Route(_kind(version), read),
        queries=istio.QUERIES,
        definitions=("smi",),
    )


LINKERD = Provider(
    name="linkerd",
    title="Linkerd",
    plane=DataPlane.TRANSLATED,
    about="TrafficSplits (v1alpha1) are translated to Istio's VirtualServices; the metrics are recorded of Istio's",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(_kind("v1alpha1"), read),
    queries=queries.of(
        queries.success("response_total", _LINKERD, 'classification!="failure"', _INBOUND),
        queries.quantile("response_latency_ms_bucket", f"{_LINKERD},{_INBOUND}"),
    ),
    records=_LINKERD_RECORDS,
    definitions=("smi",),
    upstream=("mirror: true loops at weight 0 for ever (pkg/router/smi.go takes no mirror)",),
)

OSM = Provider(
    name="osm",
    title="Open Service Mesh",
    plane=DataPlane.TRANSLATED,
    about="TrafficSplits (v1alpha2) are translated to Istio's VirtualServices; the metrics are recorded of Istio's",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(_kind("v1alpha2"), read),
    queries=queries.of(
        queries.success("osm_request_total", _OSM, 'response_code!~"5.*"'),
        queries.quantile("osm_request_duration_ms_bucket", _OSM),
    ),
    records=_OSM_RECORDS,
    definitions=("smi",),
)

PROVIDERS = (LINKERD, OSM, *map(_smi, ("v1alpha1", "v1alpha2", "v1alpha3")))
