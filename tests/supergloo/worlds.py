"""Clusters to decide about, as lists of objects and as the mapping that ``decide`` takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from canarylab import supergloo
from canarylab.kube import manifests
from canarylab.supergloo.matchers import Atom, Feature, How, Place, Text

Json = dict[str, Any]

NAMES = {(kind.group, kind.kind): kind.name for kind in supergloo.WATCHED}
ISTIO = {"istio": {"installationNamespace": "istio-system"}}


def world(items: Iterable[Json]) -> dict[str, list[Json]]:
    """Objects by the names of their kinds."""
    found: dict[str, list[Json]] = {}
    for item in items:
        name = NAMES[item["apiVersion"].rpartition("/")[0], item["kind"]]
        found.setdefault(name, []).append(item)
    return found


def item(kind: str, name: str, spec: Json, namespace: str = supergloo.NAMESPACE, **meta: Any) -> Json:
    """An object of SuperGloo's."""
    head = {"name": name, "namespace": namespace, "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"apiVersion": supergloo.API_VERSION, "kind": kind, "metadata": {**head, **meta}, "spec": spec}


def mesh(name: str = "istio", **spec: Any) -> Json:
    """A Mesh; Istio if nothing else is said."""
    return item("Mesh", name, spec or ISTIO)


def service(name: str, namespace: str = "shop", *ports: int, **spec: Any) -> Json:
    """A Service whose pods have its name as their label; port 80 if none is named."""
    numbered = [{"port": port, "name": f"http-{port}"} for port in ports or [80]]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"clusterIP": "10.96.7.7", "selector": {"app": name}, "ports": numbered, **spec},
    }


def upstream(name: str, port: int = 80) -> Json:
    """A reference to the upstream of a Service in namespace shop."""
    return {"name": f"shop-{name}-{port}", "namespace": supergloo.NAMESPACE}


def shifting(**weights: int) -> Json:
    """A trafficShifting to Services by weight."""
    shares = [
        {"destination": {"upstream": upstream(name.replace("_", "-"))}, "weight": weight}
        for name, weight in weights.items()
    ]
    return {"trafficShifting": {"destinations": {"destinations": shares}}}


def rule(name: str, policy: Json, *hosts: str, mesh: str = "istio", **more: Any) -> Json:
    """A RoutingRule for Services of namespace shop; ``more`` are further keys of its spec, and ``created``."""
    created = more.pop("created", "2026-01-01T00:00:00Z")
    spec = {
        "targetMesh": {"name": mesh, "namespace": supergloo.NAMESPACE},
        "destinationSelector": {"upstreamSelector": {"upstreams": [upstream(host) for host in hosts or ["a"]]}},
        "spec": policy,
        **more,
    }
    return item("RoutingRule", name, spec, "shop", creationTimestamp=created)


def decided(*items: Json) -> supergloo.Wanted:
    """What is decided about a cluster."""
    return supergloo.decide(world(items))


def states(wanted: supergloo.Wanted) -> dict[str, tuple[str, str]]:
    """State and reason by object, without the upstreams'."""
    found = {manifests.label(one): (status["state"], status["reason"]) for one, status in wanted.statuses}
    return {name: said for name, said in found.items() if not name.startswith("upstream/")}


def made(wanted: supergloo.Wanted, kind: str) -> list[Json]:
    """The objects of a kind."""
    return [one for one in wanted.objects if one["kind"] == kind]


def atom(header: str) -> Atom:
    """Requests that have a header."""
    return Atom.of([(Feature(Place.HEADER, header), Text(How.PRESENT))])
