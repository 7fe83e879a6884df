"""Turns Services and EndpointSlices into the files by which the node's Envoy stands in for kube-proxy.

Each TCP port of each ClusterIP becomes a listener, a cluster, and a file of endpoints of its own: Envoy's xDS over
files wants one for each cluster. What kube-proxy does is followed: endpoints that are ready, else those that still
serve while they end; without any of them nobody listens, so that a connection is refused. Where a mesh has an Envoy
of its own on the node (a Service labelled so, with an endpoint that serves), every address is left to it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from canarylab.meshes import egress

Json = dict[str, Any]

FOLDER = "/run/xds"
LISTENERS, CLUSTERS = "listeners.json", "clusters.json"
MESH_PROXY = "proxy"  # the value of egress.DIRECT_LABEL on the Service of a mesh's own Envoy

_OWNER = "kubernetes.io/service-name"
_TYPE = "type.googleapis.com/envoy"
# kube-proxy's own: how long an idle connection is known, and no bound on how many there are.
_IDLE = "86400s"
_UNBOUNDED = 1_000_000


@dataclass(frozen=True, order=True)
class Endpoint:
    """Where a pod answers."""

    address: str
    port: int


@dataclass(frozen=True)
class Served:
    """One port of one ClusterIP, and who answers there; ``sticky`` keeps a client with the one that it had."""

    namespace: str
    service: str
    address: str
    port: int
    sticky: bool
    endpoints: tuple[Endpoint, ...]

    @property
    def name(self) -> str:
        return f"{self.namespace}.{self.service}.{self.port}"

    @property
    def file(self) -> str:
        """The file with its endpoints."""
        return f"{self.name}.json"


def files(services: Iterable[Json], slices: Iterable[Json]) -> dict[str, Json]:
    """What Envoy is to read, by file name; the endpoints first, then the clusters, at last the listeners."""
    found = served(services, slices)
    endpoints = {one.file: _answer([_assignment(one)]) for one in found}
    clusters = [_cluster(one) for one in found]
    return {**endpoints, CLUSTERS: _answer(clusters), LISTENERS: _answer([_listener(one) for one in found])}


def served(services: Iterable[Json], slices: Iterable[Json]) -> list[Served]:
    """The ports that have somebody to answer; none where a mesh's own Envoy stands on the node."""
    known, by_service = list(services), _by_service(slices)
    if any(_mesh_proxy(one) and _serves(by_service.get(_key(one), ())) for one in known):
        return []
    ports = (port for one in known if _proxied(one) for port in _ports(one, by_service.get(_key(one), ())))
    return sorted((one for one in ports if one.endpoints), key=lambda one: one.name)


def _mesh_proxy(service: Json) -> bool:
    return bool(service["metadata"].get("labels", {}).get(egress.DIRECT_LABEL) == MESH_PROXY)


def _proxied(service: Json) -> bool:
    """ExternalName Services are names only, whatever address they had before."""
    return egress.in_mesh(service) and not _mesh_proxy(service) and service["spec"].get("type") != "ExternalName"


def _key(service: Json) -> tuple[str, str]:
    return service["metadata"]["namespace"], service["metadata"]["name"]


def _by_service(slices: Iterable[Json]) -> Mapping[tuple[str, str], list[Json]]:
    """IPv4 alone: the cluster's network has no other."""
    found: dict[tuple[str, str], list[Json]] = {}
    for one in slices:
        owner = one["metadata"].get("labels", {}).get(_OWNER)
        if owner and one["addressType"] == "IPv4":
            found.setdefault((one["metadata"]["namespace"], owner), []).append(one)
    return found


def _serves(slices: Iterable[Json]) -> bool:
    """Whether a pod is ready, which with publishNotReadyAddresses only ``serving`` tells."""
    conditions = (end.get("conditions", {}) for one in slices for end in one.get("endpoints") or ())
    return any(each.get("serving", False) and not each.get("terminating", False) for each in conditions)


def _ports(service: Json, slices: Iterable[Json]) -> Iterator[Served]:
    spec, (namespace, name), own = service["spec"], _key(service), list(slices)
    sticky = spec.get("sessionAffinity") == "ClientIP"
    for port in spec.get("ports", ()):
        if port.get("protocol", "TCP") == "TCP":
            endpoints = _endpoints(own, port.get("name", ""))
            yield Served(namespace, name, spec["clusterIP"], port["port"], sticky, endpoints)


def _endpoints(slices: Iterable[Json], port_name: str) -> tuple[Endpoint, ...]:
    """Those behind a Service's port. A slice tells the number of a named target port, which may differ by pod."""
    ready, ending = set[Endpoint](), set[Endpoint]()
    for one in slices:
        for number in _numbers(one, port_name):
            for end in one.get("endpoints") or ():
                at = Endpoint(str(ipaddress.ip_address(end["addresses"][0])), number)
                conditions = end.get("conditions", {})
                if conditions.get("ready", True):
                    ready.add(at)
                elif conditions.get("serving", False) and conditions.get("terminating", False):
                    ending.add(at)
    return tuple(sorted(ready or ending))


def _numbers(one: Json, port_name: str) -> Iterator[int]:
    for port in one.get("ports") or ():
        if (port.get("name") or "") == port_name and port.get("protocol", "TCP") == "TCP" and port.get("port"):
            yield port["port"]


def _answer(resources: list[Json]) -> Json:
    return {"resources": resources}


def _assignment(one: Served) -> Json:
    ends = [{"endpoint": {"address": _address(end.address, end.port)}} for end in one.endpoints]
    return {
        "@type": f"{_TYPE}.config.endpoint.v3.ClusterLoadAssignment",
        "cluster_name": one.name,
        "endpoints": [{"lb_endpoints": ends}],
    }


def _cluster(one: Served) -> Json:
    return {
        "@type": f"{_TYPE}.config.cluster.v3.Cluster",
        "name": one.name,
        "type": "EDS",
        "eds_cluster_config": {
            "eds_config": {"path_config_source": {"path": f"{FOLDER}/{one.file}"}, "resource_api_version": "V3"}
        },
        "lb_policy": "MAGLEV" if one.sticky else "RANDOM",
        "circuit_breakers": {"thresholds": [{"max_connections": _UNBOUNDED, "max_pending_requests": _UNBOUNDED}]},
    }


def _listener(one: Served) -> Json:
    proxy = {
        "@type": f"{_TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "stat_prefix": one.name,
        "cluster": one.name,
        "idle_timeout": _IDLE,
        **({"hash_policy": [{"source_ip": {}}]} if one.sticky else {}),
    }
    return {
        "@type": f"{_TYPE}.config.listener.v3.Listener",
        "name": one.name,
        "address": _address(one.address, one.port),
        "filter_chains": [{"filters": [{"name": "envoy.filters.network.tcp_proxy", "typed_config": proxy}]}],
    }


def _address(address: str, port: int) -> Json:
    return {"socket_address": {"address": address, "port_value": port}}
