"""SMI's TrafficSplits (v1alpha1 to v1alpha3) as rules, so that whoever writes them drives every mesh.

A split names no mesh. It is for the one that its annotation names, or that of the Canary which owns it, or that of its
namespace; else for those that take all (``smiEnabled``); else it is not SuperGloo's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from canarylab.kube.reconcile import Json, World
from canarylab.meshes import supergloo
from canarylab.meshes.routing import DOMAIN
from canarylab.supergloo import kinds, policies
from canarylab.supergloo.api.data import NAMESPACE, Ref
from canarylab.supergloo.matchers import ALL
from canarylab.supergloo.refusal import Refusal, parsed, unknown
from canarylab.supergloo.rules import Rule, age
from canarylab.supergloo.targets import Targets
from canarylab.supergloo.upstreams import Catalogue, Service, Target

ANNOTATION = supergloo.ANNOTATION


class Backend(BaseModel):
    """A Service and its share: a number, which v1alpha1 writes as a quantity."""

    service: str
    weight: int | str


class TrafficSplit(BaseModel):
    """What of a split is taken; ``matches`` name requests by other objects."""

    service: str
    backends: tuple[Backend, ...]
    matches: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Split:
    """A TrafficSplit, and the mesh that is named for it; without a name it is for those that take all."""

    item: Json
    mesh: Ref | None


def splits(world: World, targets: Targets) -> Iterator[Split]:
    """Those that are SuperGloo's business."""
    for item in kinds.items(world, kinds.TRAFFIC_SPLIT):
        named = _named(item, world)
        if named and named != "none":
            name, _, namespace = named.partition(".")
            yield Split(item, Ref(name=name, namespace=namespace or NAMESPACE))
        elif not named and targets.smi():
            yield Split(item, None)


def _named(item: Json, world: World) -> str:
    meta = item["metadata"]
    owners = {one["name"] for one in meta.get("ownerReferences", ()) if one["kind"] == kinds.CANARY.kind}
    canaries = [
        one
        for one in kinds.items(world, kinds.CANARY)
        if one["metadata"]["name"] in owners and one["metadata"]["namespace"] == meta["namespace"]
    ]
    spaces = [one for one in kinds.items(world, kinds.NAMESPACE) if one["metadata"]["name"] == meta["namespace"]]
    said = (one["metadata"].get("annotations", {}).get(ANNOTATION, "") for one in [item, *canaries, *spaces])
    return next(filter(None, said), "")


def read(item: Json, mesh: Ref | None, catalogue: Catalogue, targets: Targets) -> Rule:
    """A TrafficSplit for a mesh, without one for those that take all; Refusal with what is wrong."""
    meshes, doubts = targets.of(mesh) if mesh else (targets.smi(), ())
    spec, namespace = parsed(TrafficSplit, item), item["metadata"]["namespace"]
    if spec.matches:
        raise Refusal("matches by HTTPRouteGroups are not taken")
    service = _service(spec.service, namespace, catalogue)
    if not service.web:
        raise Refusal(f"no port of {service} speaks HTTP")
    backends = [(_service(one.service, namespace, catalogue), _weight(one.weight)) for one in spec.backends]
    shift = policies.shift([(Target(backend), weight) for backend, weight in backends])
    return Rule(item, age(item), meshes, {service: service.web}, (ALL,), shift, doubts)


def _service(host: str, namespace: str, catalogue: Catalogue) -> Service:
    """A Service by its name or its host."""
    name, _, within = host.removesuffix(f".{DOMAIN}").removesuffix(".svc").partition(".")
    found = catalogue.services.get((within or namespace, name))
    if found is None:
        near = {name for within, name in catalogue.services if within == namespace}
        raise unknown(f"Service in namespace {within or namespace} called", name, near)
    return found


def _weight(weight: int | str) -> int:
    try:
        return int(weight)
    except ValueError as error:
        raise Refusal(f"the weight {weight!r} is no whole number") from error
