"""Turns all that the cluster has into what SuperGloo wants there: upstreams, each mesh's own objects, and statuses.

Nothing is remembered and nothing depends on an order. What is wrong with one rule is told on its status and touches no
other: each rule is read by itself, and of those that contradict each other on a Service the oldest holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from canarylab.kube.reconcile import Json, Wanted, World
from canarylab.meshes import egress, nodeproxy
from canarylab.supergloo import kinds, rules, security, splits, targets, upstreams
from canarylab.supergloo.api.data import Ref
from canarylab.supergloo.api.mesh import MeshIngress
from canarylab.supergloo.compilation import Entry, compiled
from canarylab.supergloo.dialects import DIALECTS
from canarylab.supergloo.refusal import Refusal, only, parsed
from canarylab.supergloo.rules import Rule
from canarylab.supergloo.status import Standing
from canarylab.supergloo.targets import Targets
from canarylab.supergloo.upstreams import Catalogue

T = TypeVar("T")


@dataclass
class Ledger:
    """What is known of each object that has a status."""

    entries: list[tuple[Json, Standing]] = field(default_factory=list)

    def read(self, item: Json, read: Callable[[Json], T]) -> tuple[T | None, Standing]:
        """What an object says; nothing if it is refused, which is entered."""
        standing = Standing()
        self.entries.append((item, standing))
        try:
            return read(item), standing
        except Refusal as error:
            standing.refused.append(error.what)
            return None, standing

    def statuses(self) -> tuple[tuple[Json, Json], ...]:
        entries = sorted(self.entries, key=lambda entry: rules.age(entry[0]))
        return tuple((item, standing.status(item)) for item, standing in entries)


@dataclass(frozen=True)
class Given:
    """What objects are read against. ``shared`` says whether one proxy serves the whole node."""

    world: World
    catalogue: Catalogue
    targets: Targets
    shared: bool


def decide(world: World) -> Wanted:
    """What shall be on the cluster, and the status of each of SuperGloo's objects but Installs.

    ``world`` has the objects of :data:`canarylab.supergloo.WATCHED` by the names of their kinds; one that is left out
    counts as empty.
    """
    given = Given(world, upstreams.catalogue(world), targets.targets(world), _shared(world))
    ledger = Ledger()
    _meshes(given, ledger)
    _upstreams(given, ledger)
    entries = list(_routing(given, ledger))
    made = [item for name in DIALECTS for item in compiled(name, entries, world, shared=given.shared)]
    objects = [*given.catalogue.made, *made, *_secured(given, ledger)]
    return Wanted(tuple(sorted(objects, key=_place)), ledger.statuses())


def _place(item: Json) -> tuple[str, str, str, str]:
    meta = item["metadata"]
    return item["apiVersion"], item["kind"], meta["namespace"], meta["name"]


def _shared(world: World) -> bool:
    """Whether a mesh has one Envoy for the node, which the Service before it tells."""
    labels = (item["metadata"].get("labels", {}) for item in kinds.items(world, kinds.SERVICE))
    return any(one.get(egress.DIRECT_LABEL) == nodeproxy.MESH_PROXY for one in labels)


def _meshes(given: Given, ledger: Ledger) -> None:
    """The statuses of Meshes, MeshGroups and MeshIngresses."""
    for item in kinds.items(given.world, kinds.MESH):
        mesh, standing = ledger.read(item, lambda one: given.targets.mesh(_ref(one)))
        missing = kinds.unserved(given.world, DIALECTS[mesh.dialect].makes) if mesh else []
        standing.doubts += [f"the cluster does not serve {one}" for one in missing]
    for item in kinds.items(given.world, kinds.MESH_GROUP):
        members, standing = ledger.read(item, lambda one: given.targets.group(_ref(one)))
        standing.doubts += members[1] if members else ()
    for item in kinds.items(given.world, kinds.MESH_INGRESS):
        ledger.read(item, lambda one: _ingress(one, given.targets))


def _ref(item: Json) -> Ref:
    return Ref(name=item["metadata"]["name"], namespace=item["metadata"]["namespace"])


def _ingress(item: Json, targets: Targets) -> str:
    spec = parsed(MeshIngress, item)
    for ref in spec.meshes:
        targets.of(ref)
    return only("spec", ["gloo"] if spec.gloo else [], ["gloo"])


def _upstreams(given: Given, ledger: Ledger) -> None:
    """The statuses of Upstreams, but of those that are about to go."""
    wanted = {item["metadata"]["name"] for item in given.catalogue.made}
    for item in kinds.items(given.world, kinds.UPSTREAM):
        if item["metadata"]["name"] in wanted or not kinds.ours(item):
            ledger.read(item, lambda one: upstreams.read(one, given.catalogue.services))


def _routing(given: Given, ledger: Ledger) -> Iterator[Entry]:
    """RoutingRules, and the TrafficSplits that are SuperGloo's business."""
    for item in kinds.items(given.world, kinds.ROUTING_RULE):
        rule, standing = ledger.read(item, lambda one: rules.read(one, given.catalogue, given.targets))
        if rule:
            yield _entry(rule, standing)
    for split in splits.splits(given.world, given.targets):
        read = partial(splits.read, mesh=split.mesh, catalogue=given.catalogue, targets=given.targets)
        rule, standing = ledger.read(split.item, read)
        if rule:
            yield _entry(rule, standing)


def _entry(rule: Rule, standing: Standing) -> Entry:
    standing.doubts += rule.doubts
    return Entry(rule, standing)


def _secured(given: Given, ledger: Ledger) -> list[Json]:
    """What SecurityRules become."""
    held = []
    for item in kinds.items(given.world, kinds.SECURITY_RULE):
        found, standing = ledger.read(item, lambda one: security.read(one, given.catalogue, given.targets, given.world))
        if found and security.held(found, standing, given.world, shared=given.shared):
            held.append(found)
    return security.policies(held)
