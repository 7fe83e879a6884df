"""Compiles the rules that are for one dialect into its objects, and enters what became of each rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from canarylab.kube.reconcile import Json, World
from canarylab.supergloo import kinds, routes
from canarylab.supergloo.dialects import DIALECTS
from canarylab.supergloo.dialects.dialect import Dialect
from canarylab.supergloo.routes import Claim, Table
from canarylab.supergloo.rules import Age, Rule
from canarylab.supergloo.status import Standing

# Providers that write TrafficSplits or nothing; and without one it depends on how Flagger was started.
_SHARING = frozenset({"", "smi", "linkerd", "osm", "kubernetes"})


@dataclass(frozen=True)
class Entry:
    """A rule and what is known of it."""

    rule: Rule
    standing: Standing


def compiled(name: str, entries: Sequence[Entry], world: World, *, shared: bool) -> list[Json]:
    """The objects of one dialect; ``shared`` says whether one proxy serves the whole node."""
    dialect = DIALECTS[name]
    mine = [entry for entry in entries if any(mesh.dialect == name for mesh in entry.rule.meshes)]
    if missing := kinds.unserved(world, dialect.makes):
        for entry in mine:
            entry.standing.refused.append(f"the cluster does not serve {missing[0]}, so {dialect.title} is not there")
        return []
    claims = [claim for entry in mine for claim in _claims(entry, dialect, world)]
    standings = {entry.rule.age: entry.standing for entry in mine}
    tables = list(_tables(claims, standings, dialect))
    for claim in (claim for _, held in tables for claim in held):
        meshes = " and ".join(str(mesh) for mesh in claim.rule.meshes if mesh.dialect == name)
        standings[claim.rule.age].done.append(f"{claim.service} in {meshes}")
        if shared and (why := dialect.unenforced(claim)):
            standings[claim.rule.age].unenforced.append(why)
    return dialect.objects([table for table, _ in tables])


def _claims(entry: Entry, dialect: Dialect, world: World) -> Iterator[Claim]:
    """What a rule wants of its Services, if the mesh can say it and the Service is free."""
    for service in sorted(entry.rule.hosts):
        claim = Claim(entry.rule, service, entry.rule.for_ports(service))
        if why := dialect.objection(claim) or _canary(claim, world) or dialect.taken(claim, world):
            entry.standing.refused.append(why)
        else:
            yield claim


def _canary(claim: Claim, world: World) -> str:
    """The Canary whose provider writes routes of its own for the Service, which may not be there yet."""
    for item in kinds.items(world, kinds.CANARY):
        meta, spec, service = item["metadata"], item["spec"], claim.service
        apex = spec.get("service", {}).get("name") or spec.get("targetRef", {}).get("name")
        provider = spec.get("provider", "")
        if (meta["namespace"], apex) == (service.namespace, service.name) and provider.split(":")[0] not in _SHARING:
            return f"Flagger routes {service} itself (canary {meta['name']}, provider {provider})"
    return ""


def _tables(
    claims: Sequence[Claim], standings: Mapping[Age, Standing], dialect: Dialect
) -> Iterator[tuple[Table, list[Claim]]]:
    """The routes of each Service, with the claims that hold."""
    for service in sorted({claim.service for claim in claims}):
        settled = routes.settle([claim for claim in claims if claim.service == service], dialect.most)
        for claim, why in settled.refused:
            standings[claim.rule.age].refused.append(why)
        for claim, why in settled.doubts:
            standings[claim.rule.age].doubts.append(why)
        yield routes.table(service, settled.held), settled.held
