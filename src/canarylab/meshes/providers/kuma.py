"""Kuma: a TrafficRoute, which belongs to no namespace and names Services as NAME_NAMESPACE_svc_PORT."""

from __future__ import annotations

from typing import Any

from canarylab.kube.reconcile import NAMESPACE, Kind
from canarylab.meshes import queries, recording
from canarylab.meshes.provider import BLUE_GREEN, CANARY, DataPlane, Provider, Route, Setting
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

_TAG = "kuma.io/service"
_LABELS = 'service=~"{{ target }}-canary_{{ namespace }}_svc_[0-9a-zA-Z-]+"'
# The proxy of the pod that answered counts; what reached none is not counted.
_RECORDED = {"service": "{service}_{home}_svc_{port}"}
_ANSWERED = 'destination_workload!=""'


def read(item: Json) -> Routing | None:
    """A TrafficRoute; None where it is about more than one Service, as Kuma's own ``route-all-default``."""
    spec = item["spec"]
    found = [_service(one["match"]) for one in spec["destinations"]]
    if len(found) != 1 or found[0] is None:
        return None
    name, namespace = found[0]
    shares = {_service(one["destination"]): one["weight"] for one in spec["conf"]["split"]}
    weights = {to[0]: weight for to, weight in shares.items() if to is not None}
    return Routing(name, namespace, (Rule(weights),))


def _service(tags: Json) -> tuple[str, str] | None:
    """The name and the namespace of the Service that a tag means; None for a pattern, or something outside."""
    parts = tags.get(_TAG, "").split("_")
    return (parts[0], parts[1]) if parts[2:3] == ["svc"] else None


def over_http(canary: Canary) -> Setting:
    """Kuma takes a port for HTTP where its Service says so; without it there is nothing to count."""
    protocol = {"annotations": {f"{canary.port}.service.kuma.io/protocol": "http"}}
    return Setting({"service": dict.fromkeys(("apex", "primary", "canary"), protocol)})


PROVIDER = Provider(
    name="kuma",
    title="Kuma",
    plane=DataPlane.TRANSLATED,
    about="TrafficRoutes are translated to Istio's VirtualServices; the metrics are recorded of Istio's",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(Kind("kuma.io/v1alpha1", "trafficroutes", "TrafficRoute", namespaced=False), read),
    queries=queries.of_envoy(_LABELS),
    records=recording.of_envoy(_RECORDED, _ANSWERED),
    told_by=("-canary_", "-primary_"),
    definitions=("kuma",),
    further=(NAMESPACE,),
    setting=over_http,
    upstream=(
        "two canaries of one name in two namespaces write the same TrafficRoute, and undo each other's weights",
        "a TrafficRoute stays behind when its Canary is deleted: it has no owner (pkg/router/kuma.go)",
        "match is not written: an A/B test sends every user to the new revision",
        "mirror: true loops at weight 0 for ever (pkg/router/kuma.go takes no mirror)",
        "queries ask for the target's name, the TrafficRoute has service.name (pkg/metrics/observers/kuma.go)",
        "no values found (#1633); Kuma prefers MeshHTTPRoute to TrafficRoute (kumahq/kuma#10657)",
    ),
)
