"""Turns the cluster's Services into the one Istio Sidecar that makes the node's Envoy stand before them.

Each TCP port of each ClusterIP gets an egress listener bound to that address. The listener of an HTTP port is
left without a protocol: istiod then gives it a route of its own, named after the Service, whose only virtual
host answers to every Host header. So short names need no list, and a name that exists in two namespaces
cannot be confused. istiod looks such a route up in the first egress entry of the same port number; the
entries called routes (UDP, so that no socket is opened) stand first and import everything for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

SNIFFED, TCP, TLS = "", "TCP", "TLS"
DIRECT_LABEL = "canarylab.dev/mesh"
NAME, NAMESPACE = "mesh", "istio-system"

_BY_NAME = {"tcp": TCP, "mongo": TCP, "redis": TCP, "mysql": TCP, "https": TLS, "tls": TLS}
_BY_APP_PROTOCOL = {"kubernetes.io/wss": TLS}
_WELL_KNOWN_TCP = frozenset({25, 53, 3306, 27017})
_HTTP = frozenset({"http", "http2", "http_proxy", "grpc", "grpc-web"})


def protocol(port: Json) -> str:
    """What Istio reads from a Service port's appProtocol or name, as an egress listener's protocol."""
    said = str(port.get("appProtocol") or port.get("name") or "").lower()
    if said in _BY_APP_PROTOCOL:
        return _BY_APP_PROTOCOL[said]
    word = said.partition("-")[0]
    if word in _BY_NAME:
        return _BY_NAME[word]
    unnamed = word not in _HTTP and not said.startswith(("grpc-web", "kubernetes.io/"))
    return TCP if unnamed and port["port"] in _WELL_KNOWN_TCP else SNIFFED


def in_mesh(service: Json) -> bool:
    """Whether the Envoy answers for it: it has a ClusterIP, and nothing else listens there."""
    meta, address = service["metadata"], service["spec"].get("clusterIP") or "None"
    if address == "None" or (meta["namespace"], meta["name"]) == ("default", "kubernetes"):
        return False
    return bool(meta.get("labels", {}).get(DIRECT_LABEL) != "direct")


def sidecar(services: Iterable[Json]) -> Json:
    """The Sidecar object for these Services, the same for the same Services in any order."""
    listeners = sorted(
        (entry for service in services if in_mesh(service) for entry in _listeners(service)),
        key=lambda entry: (entry["port"]["number"], entry["hosts"]),
    )
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Sidecar",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {
            "workloadSelector": {"labels": {"app": NAME}},
            "egress": [*_routes(listeners), *listeners] or [_imports(1)],
        },
    }


def _listeners(service: Json) -> Iterator[Json]:
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    for port in service["spec"].get("ports", []):
        if port.get("protocol", "TCP") != "TCP":
            continue
        said = protocol(port)
        yield {
            "bind": service["spec"]["clusterIP"],
            "captureMode": "NONE",
            "hosts": [f"{namespace}/{name}.{namespace}.svc.cluster.local"],
            "port": {"number": port["port"], **({"protocol": said} if said else {})},
        }


def _routes(listeners: list[Json]) -> list[Json]:
    sniffed = {entry["port"]["number"] for entry in listeners if "protocol" not in entry["port"]}
    return [_imports(number) for number in sorted(sniffed)]


def _imports(number: int) -> Json:
    return {"port": {"number": number, "protocol": "UDP", "name": f"routes-{number}"}, "hosts": ["*/*"]}
