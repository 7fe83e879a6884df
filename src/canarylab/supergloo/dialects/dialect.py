"""What a mesh's compiler gives: what it cannot say, whom a Service belongs to already, and its objects for routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from canarylab.kube import manifests
from canarylab.kube.reconcile import MADE_BY, Json, Kind, World
from canarylab.supergloo import kinds
from canarylab.supergloo.policies import Effects, Pairs
from canarylab.supergloo.routes import Claim, Table
from canarylab.supergloo.upstreams import Service, Target


class Dialect(Protocol):
    """A mesh's own language for routes.

    ``makes`` are its kinds, ``most`` is how many routes one Service can have.
    """

    @property
    def title(self) -> str: ...
    @property
    def makes(self) -> Sequence[Kind]: ...
    @property
    def most(self) -> int: ...

    def objection(self, claim: Claim) -> str:
        """Why the mesh cannot express a rule for a Service; empty if it can."""
        ...

    def taken(self, claim: Claim, world: World) -> str:
        """Whose objects for the Service are there already; empty if they are SuperGloo's or none."""
        ...

    def unenforced(self, claim: Claim) -> str:
        """What of a rule has no effect where one proxy serves the whole node; empty if all has."""
        ...

    def objects(self, tables: Sequence[Table]) -> list[Json]:
        """The mesh's objects for the routes of these Services."""
        ...


def owner(item: Json) -> str:
    """Who has made an object, if it is neither SuperGloo nor another controller of the project's, in words.

    What is translated from other meshes' objects is nobody's own.
    """
    if MADE_BY in item["metadata"].get("labels", {}):
        return ""
    canaries = [one["name"] for one in item["metadata"].get("ownerReferences", ()) if one["kind"] == kinds.CANARY.kind]
    if canaries:
        return f"Flagger owns {manifests.label(item)} (canary {canaries[0]})"
    return f"{manifests.label(item)} is there, and SuperGloo has not made it"


def named(world: World, kind: Kind, service: Service, *names: str) -> str:
    """Whose an object of one of these names is, in the namespace of a Service; empty if nobody else's."""
    found = (
        owner(item)
        for item in kinds.items(world, kind)
        if item["metadata"]["namespace"] == service.namespace and item["metadata"]["name"] in names
    )
    return next(filter(None, found), "")


def lacking(claim: Claim, lacks: Mapping[str, str]) -> str:
    """What a mesh has not, by the field of the policy."""
    return lacks.get(claim.policy.field, "")


def callers(claim: Claim, title: str) -> str:
    """The objection of a mesh that routes without a look at who asks."""
    asked = any(atom.asks_for_callers for atom in claim.atoms)
    return f"{title} routes alike for every caller: it has no sourceSelector" if asked else ""


def shares(effects: Effects, service: Service) -> tuple[tuple[Target, int], ...]:
    """Where requests to a Service go: to itself, if no rule shifts them."""
    return effects.shift.shares if effects.shift else ((Target(service), 1),)


def targets(tables: Sequence[Table]) -> list[Target]:
    """Every target of these routes."""
    routes = [(table.service, route.effects) for table in tables for route in table.routes]
    shifted = {target for service, effects in routes for target, _ in shares(effects, service)}
    return sorted(shifted | {effects.mirror.target for _, effects in routes if effects.mirror})


def subset(target: Target) -> str:
    """What the pods with these labels are called together."""
    text = "-".join(f"{name}-{value}" for name, value in target.labels)
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())


def change(added: Pairs, removed: Sequence[str]) -> Json:
    """Headers that are added and removed, as Istio and Consul write them."""
    parts: Json = {"add": dict(added), "remove": list(removed)}
    return {key: part for key, part in parts.items() if part}
