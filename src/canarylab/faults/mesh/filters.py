"""EnvoyFilters that abort or delay what goes to one host: pure, from names and percentages to an object.

They stand in the mesh's root namespace, where istiod takes them for every proxy, and match by the names that istiod
gives: of a virtual host (``HOST:PORT``, before the route is chosen) or of a cluster (behind it, at the pods).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from canarylab.faults.site import LABEL, Site
from canarylab.faults.steps import Action, created
from canarylab.kube.apply import path

Json = dict[str, Any]

APPLIED = 15.0  # seconds for istiod and the proxies to take a change in; a tenth of one is usual
TARGETS = ("canary", "primary", "all")
_FAULT = "envoy.filters.http.fault"
_TYPES = "type.googleapis.com/envoy.extensions"
_PROTOCOLS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_MILLION = 10_000  # of a million in one percent
_LUA = """\
function envoy_on_request(handle)
  if math.random() * 100 < {percent} then
    handle:respond({{[":status"] = "{status}"}}, "fault injected by canarylab")
  end
end
"""


@dataclass(frozen=True)
class Spot:
    """A virtual host, and the cluster that a request must be bound for; whatever cluster, if it is empty."""

    host: str
    cluster: str = ""


def host(site: Site, which: str) -> str:
    """The virtual host of a Service of the canary's."""
    return f"{site.service(which)}.{site.namespace}.svc.cluster.local:{site.canary.port}"


def cluster(site: Site, which: str) -> str:
    """The cluster of a Service of the canary's: its pods."""
    return f"outbound|{site.canary.port}||{site.service(which)}.{site.namespace}.svc.cluster.local"


def spots(site: Site, to: str) -> list[Spot]:
    """Where requests to ``canary``, ``primary`` or ``all`` pass, those to the apex among them."""
    if to == "all":
        return [Spot(host(site, which)) for which in ("apex", "canary", "primary")]
    return [Spot(host(site, to)), Spot(host(site, "apex"), cluster(site, to))]


def probability(percent: float) -> Json:
    """A percentage as Envoy has it."""
    return {"numerator": round(percent * _MILLION), "denominator": "MILLION"}


def at_hosts(where: Iterable[Spot], fault: Json) -> list[Json]:
    """Patches that let the fault filter, which every proxy of Istio has, strike at these spots."""
    return [
        {
            "applyTo": "VIRTUAL_HOST",
            "match": {"context": "SIDECAR_OUTBOUND", "routeConfiguration": {"vhost": {"name": one.host}}},
            "patch": {"operation": "MERGE", "value": {"typed_per_filter_config": {_FAULT: _fault(one, fault)}}},
        }
        for one in where
    ]


def _fault(spot: Spot, fault: Json) -> Json:
    bound_for = {"upstream_cluster": spot.cluster} if spot.cluster else {}
    return {"@type": f"{_TYPES}.filters.http.fault.v3.HTTPFault", **bound_for, **fault}


def at_pods(clusters: Iterable[str], percent: float, status: int) -> list[Json]:
    """Patches that let requests fail when their pod is chosen: whoever counts, counts them as that pod's answers.

    Envoy's fault filter cannot stand there, its Lua filter can.
    """
    return [
        {
            "applyTo": "CLUSTER",
            "match": {"context": "SIDECAR_OUTBOUND", "cluster": {"name": one}},
            "patch": {
                "operation": "MERGE",
                "value": {"typed_extension_protocol_options": {_PROTOCOLS: _failing(percent, status)}},
            },
        }
        for one in clusters
    ]


def _failing(percent: float, status: int) -> Json:
    """The client's protocol, as Istio chooses where none is named, and a filter before the connection's end."""
    script = {"inline_string": _LUA.format(percent=percent, status=status)}
    return {
        "@type": f"{_TYPES}.upstreams.http.v3.HttpProtocolOptions",
        "use_downstream_protocol_config": {"http_protocol_options": {}, "http2_protocol_options": {}},
        "http_filters": [
            _filter("lua", "Lua", default_source_code=script),
            _filter("upstream_codec", "UpstreamCodec"),
        ],
    }


def _filter(name: str, kind: str, **settings: Any) -> Json:
    typed = {"@type": f"{_TYPES}.filters.http.{name}.v3.{kind}", **settings}
    return {"name": f"envoy.filters.http.{name}", "typed_config": typed}


def applied(site: Site, patches: list[Json]) -> Action:
    """The object with these patches, there as long as the fault."""
    item: Mapping[str, Any] = {
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": f"fault-{site.id}", "namespace": site.mesh_namespace, "labels": {LABEL: site.id}},
        "spec": {"configPatches": patches},
    }
    return created(path("networking.istio.io/v1alpha3", "envoyfilters", site.mesh_namespace), dict(item))
