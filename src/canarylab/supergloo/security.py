"""SecurityRules as Istio's AuthorizationPolicies: one for each Service, with an entry for each rule and kind of caller.

Callers are known by their service accounts, which are read from the workloads whose pods are meant. What no rule is
for stays open; what a rule is for lets in nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from canarylab.kube.reconcile import Json, World
from canarylab.supergloo import kinds, rules, selectors
from canarylab.supergloo.api.security import SecurityRule
from canarylab.supergloo.dialects import istio
from canarylab.supergloo.matchers import CALLER_NAMESPACE, Atom, Place
from canarylab.supergloo.refusal import parsed, unknown
from canarylab.supergloo.selectors import Hosts
from canarylab.supergloo.status import Standing
from canarylab.supergloo.targets import Registered, Targets
from canarylab.supergloo.upstreams import Catalogue, Service

_UNENFORCED = "one proxy serves the whole node and answers for every pod: nobody is kept out"
_UNPROVEN = "mutual TLS is off: nobody can prove who they are, so nobody is let in"
_TRUST = "cluster.local"


@dataclass(frozen=True)
class Permission:
    """A SecurityRule that is possible. ``sources`` are Istio's, None for everybody."""

    item: Json = field(compare=False)
    meshes: tuple[Registered, ...]
    hosts: Hosts
    sources: tuple[Json, ...] | None
    operation: Json
    doubts: tuple[str, ...] = ()


def read(item: Json, catalogue: Catalogue, targets: Targets, world: World) -> Permission:
    """A SecurityRule; Refusal with what is wrong."""
    spec = parsed(SecurityRule, item)
    meshes, doubts = targets.of(spec.target_mesh)
    hosts = selectors.hosts(spec.destination_selector, catalogue)
    callers = selectors.callers(spec.source_selector, catalogue)
    sources = None if callers == (Atom(),) else tuple(_sources(callers, world))
    for method in spec.allowed_methods:
        if method not in (*rules.METHODS, "*"):
            raise unknown("HTTP method", method, rules.METHODS)
    told = [
        *doubts,
        *([] if hosts else ["destinationSelector selects no Service that speaks HTTP yet"]),
        *(["sourceSelector selects no workload yet: nobody is let in"] if sources == () else []),
    ]
    operation = {key: list(said) for key, said in _operation(spec).items() if said and "*" not in said}
    return Permission(item, meshes, hosts, sources, operation, tuple(told))


def _operation(spec: SecurityRule) -> dict[str, Sequence[str]]:
    return {"paths": spec.allowed_paths, "methods": spec.allowed_methods}


def _sources(callers: Sequence[Atom], world: World) -> Iterator[Json]:
    """Istio's sources: namespaces as they are, everything else by its service accounts."""
    spaces = [atom for atom in callers if not atom.at(Place.CALLER_LABEL)]
    if spaces:
        yield {"namespaces": sorted(text.value for atom in spaces if (text := atom.get(CALLER_NAMESPACE)))}
    principals = {one for atom in callers if atom not in spaces for one in _principals(atom, world)}
    if principals:
        yield {"principals": sorted(principals)}


def _principals(atom: Atom, world: World) -> Iterator[str]:
    within = atom.get(CALLER_NAMESPACE)
    wanted = {label: text.value for label, text in atom.at(Place.CALLER_LABEL).items()}
    for item in (item for kind in kinds.WORKLOADS for item in kinds.items(world, kind)):
        namespace, pod = item["metadata"]["namespace"], item["spec"]["template"]
        labels = pod["metadata"].get("labels", {})
        if (within is None or within.fits(namespace)) and wanted.items() <= labels.items():
            yield f"{_TRUST}/ns/{namespace}/sa/{pod['spec'].get('serviceAccountName') or 'default'}"


def held(permission: Permission, standing: Standing, world: World, *, shared: bool) -> bool:
    """Whether one of its meshes can enforce it, and what is to be said of it."""
    standing.doubts += permission.doubts
    istios = [mesh for mesh in permission.meshes if mesh.dialect == "istio"]
    others = [mesh for mesh in permission.meshes if mesh not in istios]
    standing.refused += [f"mesh {mesh}: security rules are compiled for Istio only" for mesh in others]
    if missing := kinds.unserved(world, [kinds.AUTHORIZATION_POLICY]):
        standing.refused.append(f"the cluster does not serve {missing[0]}, so Istio is not there")
        return False
    for mesh in istios:
        standing.done += [f"{service} in {mesh}" for service in sorted(permission.hosts)]
        if permission.sources is not None and not mesh.mtls and not shared:
            standing.doubts.append(f"mesh {mesh}: {_UNPROVEN}")
    standing.unenforced += [_UNENFORCED] if shared else []
    return bool(istios)


def policies(permissions: Sequence[Permission]) -> list[Json]:
    """An AuthorizationPolicy for each Service that a rule is for in one of Istio's meshes."""
    ordered = sorted(permissions, key=lambda one: rules.age(one.item))
    services = sorted({service for one in ordered for service in one.hosts})
    return [_policy(service, [one for one in ordered if service in one.hosts]) for service in services]


def _policy(service: Service, permissions: Sequence[Permission]) -> Json:
    entries = [_entry(one) for one in permissions if one.sources != ()]
    spec = {"action": "ALLOW", "selector": {"matchLabels": dict(service.selector)}, "rules": entries}
    return kinds.made(kinds.AUTHORIZATION_POLICY, istio.name(service), service.namespace, spec)


def _entry(permission: Permission) -> Json:
    made: Json = {}
    if permission.sources is not None:
        made["from"] = [{"source": source} for source in permission.sources]
    if permission.operation:
        made["to"] = [{"operation": permission.operation}]
    return made
