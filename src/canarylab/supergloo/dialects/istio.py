"""Istio: a VirtualService for each Service, and DestinationRules for the subsets that routes go to."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from canarylab.kube.reconcile import Json, Kind, World
from canarylab.meshes.routing import DOMAIN
from canarylab.supergloo import kinds
from canarylab.supergloo.dialects import dialect
from canarylab.supergloo.durations import written
from canarylab.supergloo.matchers import CALLER_NAMESPACE, METHOD, PATH, PORT, Atom, How, Place, Text
from canarylab.supergloo.policies import Cors, Effects, Headers, Retry
from canarylab.supergloo.routes import Claim, Route, Table
from canarylab.supergloo.upstreams import Service, Target


@dataclass(frozen=True)
class Istio:
    """Istio says everything that a rule can say."""

    title: str = "Istio"
    makes: tuple[Kind, ...] = (kinds.VIRTUAL_SERVICE, kinds.DESTINATION_RULE)
    most: int = 100

    def objection(self, _claim: Claim) -> str:
        return ""

    def taken(self, claim: Claim, world: World) -> str:
        """By a VirtualService for its host; those of gateways alone do not count."""
        found = (
            dialect.owner(item)
            for item in kinds.items(world, kinds.VIRTUAL_SERVICE)
            if claim.service.host in _hosts(item) and "mesh" in _gateways(item)
        )
        return next(filter(None, found), "")

    def unenforced(self, claim: Claim) -> str:
        asked = any(atom.asks_for_callers for atom in claim.atoms)
        return "one proxy serves the whole node and cannot tell who asks: no request follows this rule" if asked else ""

    def objects(self, tables: Sequence[Table]) -> list[Json]:
        return [*map(_virtual_service, tables), *_destination_rules(tables)]


def _hosts(item: Json) -> set[str]:
    """The hosts of a VirtualService; a short one is of its own namespace."""
    within = f"{item['metadata']['namespace']}.{DOMAIN}"
    return {host if "." in host else f"{host}.{within}" for host in item.get("spec", {}).get("hosts", ())}


def _gateways(item: Json) -> Sequence[str]:
    """Where a VirtualService holds; among the pods of the mesh, if it does not say."""
    return item.get("spec", {}).get("gateways") or ["mesh"]


def name(service: Service) -> str:
    """Not the Service's own name, which Flagger takes for its objects."""
    return f"{kinds.OWNER}-{service.name}"


def _virtual_service(table: Table) -> Json:
    service = table.service
    http = [_route(route, service) for route in table.routes]
    return kinds.made(kinds.VIRTUAL_SERVICE, name(service), service.namespace, {"hosts": [service.host], "http": http})


def _route(route: Route, service: Service) -> Json:
    effects = route.effects
    parts: Json = {
        "match": [_match(atom) for atom in route.matches],
        "route": _shares(effects, service),
        "timeout": written(effects.timeout.duration) if effects.timeout else "",
        "retries": _retries(effects.retry) if effects.retry else {},
        "fault": _fault(effects),
        "corsPolicy": _cors(effects.cors) if effects.cors else {},
        "mirror": _destination(effects.mirror.target) if effects.mirror else {},
        "mirrorPercentage": {"value": 100} if effects.mirror else {},
        "headers": _headers(effects.headers) if effects.headers else {},
    }
    return {key: part for key, part in parts.items() if part}


def _match(atom: Atom) -> Json:
    port, caller = atom.get(PORT), atom.get(CALLER_NAMESPACE)
    parts: Json = {
        "uri": _text(atom.get(PATH)),
        "method": _text(atom.get(METHOD)),
        "headers": {header: _text(text) for header, text in atom.at(Place.HEADER).items()},
        "queryParams": {key: _present(text) for key, text in atom.at(Place.QUERY).items()},
        "sourceLabels": {label: text.value for label, text in atom.at(Place.CALLER_LABEL).items()},
        "sourceNamespace": caller.value if caller else "",
        "port": int(port.value) if port else 0,
    }
    return {key: part for key, part in parts.items() if part}


def _text(text: Text | None) -> Json:
    """A StringMatch; an empty one asks a header to be there."""
    return {text.how.name.lower(): text.value} if text and text.how is not How.PRESENT else {}


def _present(text: Text) -> Json:
    """A parameter's match, of which Istio takes no empty one."""
    return _text(text) or {"regex": ".*"}


def _shares(effects: Effects, service: Service) -> list[Json]:
    if effects.shift is None:
        return [{"destination": _destination(Target(service))}]
    return [{"destination": _destination(target), "weight": weight} for target, weight in effects.shift.shares]


def _destination(target: Target) -> Json:
    port = {"port": {"number": target.port}} if target.port else {}
    labelled = {"subset": dialect.subset(target)} if target.labels else {}
    return {"host": target.service.host, **port, **labelled}


def _retries(retry: Retry) -> Json:
    each = {"perTryTimeout": written(retry.each)} if retry.each else {}
    upon = {"retryOn": ",".join(retry.upon)} if retry.upon else {}
    return {"attempts": retry.attempts, **each, **upon}


def _fault(effects: Effects) -> Json:
    made: Json = {}
    if delay := effects.delay:
        made["delay"] = {"percentage": {"value": delay.percentage}, "fixedDelay": written(delay.duration)}
    if abort := effects.abort:
        made["abort"] = {"percentage": {"value": abort.percentage}, "httpStatus": abort.status}
    return made


def _cors(cors: Cors) -> Json:
    parts: Json = {
        "allowOrigins": [{"exact": origin} for origin in cors.origins],
        "allowMethods": list(cors.methods),
        "allowHeaders": list(cors.headers),
        "exposeHeaders": list(cors.exposed),
        "maxAge": written(cors.age) if cors.age else "",
    }
    credentials = {} if cors.credentials is None else {"allowCredentials": cors.credentials}
    return {**{key: part for key, part in parts.items() if part}, **credentials}


def _headers(headers: Headers) -> Json:
    request = dialect.change(headers.request_add, headers.request_remove)
    response = dialect.change(headers.response_add, headers.response_remove)
    return {key: part for key, part in {"request": request, "response": response}.items() if part}


def _destination_rules(tables: Sequence[Table]) -> list[Json]:
    labelled = [target for target in dialect.targets(tables) if target.labels]
    by_service = itertools.groupby(labelled, key=lambda target: target.service)
    return [_destination_rule(service, list(targets)) for service, targets in by_service]


def _destination_rule(service: Service, targets: Sequence[Target]) -> Json:
    subsets = {dialect.subset(target): dict(target.labels) for target in targets}
    spec = {"host": service.host, "subsets": [{"name": key, "labels": labels} for key, labels in subsets.items()]}
    return kinds.made(kinds.DESTINATION_RULE, name(service), service.namespace, spec)
