"""Turns the route objects of other meshes into Istio's: what the mesh-translator decides.

The objects are read by the functions by which the observer reads them (``Route.read``). Two that claim the same host
cannot both hold: the older one does, as Kubernetes settles such cases elsewhere, and the log names the other. What
SuperGloo has taken (a TrafficSplit has a status then) is its to route.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from canarylab.kube import reconcile
from canarylab.kube.reconcile import Json, Kind, Wanted, World
from canarylab.meshes.provider import Provider
from canarylab.meshes.routing import Routing, destination_rule, virtual_service

OWNER = "mesh-translator"
MAKES = (
    Kind("networking.istio.io/v1", "virtualservices", "VirtualService"),
    Kind("networking.istio.io/v1", "destinationrules", "DestinationRule"),
)


def watched(chosen: Sequence[Provider]) -> list[Kind]:
    """The kinds that the translator has to see."""
    kinds = [one.route.kind for one in chosen if one.route]
    further = [kind for one in chosen for kind in one.further]
    return list({kind.name: kind for kind in [*kinds, *further]}.values())


def decide(chosen: Sequence[Provider], world: World) -> Wanted:
    """A VirtualService for each host that a route object is about, and a DestinationRule where it has subsets."""
    held: dict[tuple[str, str], Routing] = {}
    for routing in _routings(chosen, world):
        host = (routing.namespace, routing.service)
        if host in held:
            print(f"left out: a second route object for {'/'.join(host)}", file=sys.stderr, flush=True)
        held.setdefault(host, routing)
    made = [virtual_service(one, OWNER) for one in held.values() if one.rules]
    return Wanted((*made, *(destination_rule(one, OWNER) for one in held.values() if one.subsets)))


def _routings(chosen: Sequence[Provider], world: World) -> Iterator[Routing]:
    """Every routing that there is, the oldest objects' first; one that is served in many versions tells it once."""
    found = [pair for one in chosen for pair in one.read(world) if "state" not in pair[0].get("status", {})]
    told: set[tuple[object, str, str]] = set()
    for item, routing in sorted(found, key=lambda pair: (pair[0]["metadata"]["creationTimestamp"], _name(pair[0]))):
        if routing is None or not (routing.rules or routing.subsets) or not _has_place(routing, world):
            continue
        once = (item["metadata"].get("uid", id(item)), routing.namespace, routing.service)
        if once not in told:
            yield routing
        told.add(once)


def _has_place(routing: Routing, world: World) -> bool:
    """Whether its namespace is there. Only route objects that stand in no namespace can be left by it."""
    spaces = world.get(reconcile.NAMESPACE.name)
    names = {one["metadata"]["name"] for one in spaces or () if "deletionTimestamp" not in one["metadata"]}
    return spaces is None or routing.namespace in names


def _name(item: Json) -> str:
    return f"{item['metadata'].get('namespace', '')}/{item['metadata']['name']}"
