"""Linkerd: HTTPRoutes of the Gateway API whose parent is the Service's port, retries as Linkerd's annotations.

Linkerd sorts the rules of a route by how much they ask, as the Gateway API has it; SuperGloo's order is the same. Its
path prefixes end at a slash, its retries are those of a whole route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canarylab.kube.reconcile import Json, Kind, World
from canarylab.supergloo import kinds
from canarylab.supergloo.dialects import dialect
from canarylab.supergloo.durations import written
from canarylab.supergloo.matchers import ALL, METHOD, PATH, Atom, How, Place, Text
from canarylab.supergloo.policies import Effects, Headers, Pairs, Retry, Shift
from canarylab.supergloo.routes import Claim, Route, Table
from canarylab.supergloo.upstreams import Service

_LACKS = {
    "delay": "Linkerd has no fault injection",
    "abort": "Linkerd has no fault injection",
    "cors": "Linkerd has no CORS policy",
    "mirror": "Linkerd mirrors no requests",
}
_TYPES = {How.EXACT: "Exact", How.PREFIX: "PathPrefix", How.REGEX: "RegularExpression"}
_CONDITIONS = ("5xx", "gateway-error")


@dataclass(frozen=True)
class Linkerd:
    """Linkerd from 2.16."""

    title: str = "Linkerd"
    makes: tuple[Kind, ...] = (kinds.HTTP_ROUTE,)
    most: int = 16  # rules of an HTTPRoute

    def objection(self, claim: Claim) -> str:
        return (
            dialect.lacking(claim, _LACKS)
            or dialect.callers(claim, self.title)
            or _retries(claim)
            or _destinations(claim)
        )

    def taken(self, claim: Claim, world: World) -> str:
        """By another HTTPRoute whose parent is the Service."""
        found = (
            dialect.owner(item)
            for item in kinds.items(world, kinds.HTTP_ROUTE)
            for parent in item.get("spec", {}).get("parentRefs", ())
            if parent.get("kind") == "Service"
            and (parent.get("namespace", item["metadata"]["namespace"]), parent["name"])
            == (claim.service.namespace, claim.service.name)
        )
        return next(filter(None, found), "")

    def unenforced(self, claim: Claim) -> str:
        """istiod takes the HTTPRoutes there, but knows nothing of Linkerd's annotations."""
        retries = isinstance(claim.policy, Retry)
        return "one proxy of Istio's serves the whole node, and reads no annotation of Linkerd's" if retries else ""

    def objects(self, tables: Sequence[Table]) -> list[Json]:
        return [_http_route(table, port) for table in tables for port in table.service.web]


def _retries(claim: Claim) -> str:
    if not isinstance(claim.policy, Retry):
        return ""
    if claim.atoms != (ALL,):
        return "Linkerd retries for a whole Service: it has no requestMatchers for retries"
    unknown = [word for word in claim.policy.upon if word not in _CONDITIONS and not word.isdigit()]
    return f"Linkerd retries upon statuses, {' and '.join(_CONDITIONS)}, not upon {unknown[0]}" if unknown else ""


def _destinations(claim: Claim) -> str:
    if not isinstance(claim.policy, Shift):
        return ""
    for target, _ in claim.policy.shares:
        if target.labels:
            return f"Linkerd has no subsets: {target.service} is one whole"
        if target.service.namespace != claim.service.namespace:
            return f"{target.service} is in another namespace: it would need a ReferenceGrant of its owner's"
    return ""


def _http_route(table: Table, port: int) -> Json:
    service = table.service
    rules = [_rule(route, service, port) for route in table.at(port)]
    parent = {"group": "", "kind": "Service", "name": service.name, "port": port}
    retry = table.routes[-1].effects.retry
    return kinds.made(
        kinds.HTTP_ROUTE,
        f"{kinds.OWNER}-{service.name}-{port}",
        service.namespace,
        {"parentRefs": [parent], "rules": rules},
        _annotations(retry) if retry else None,
    )


def _annotations(retry: Retry) -> dict[str, str]:
    made = {"retry.linkerd.io/http": ",".join(retry.upon) or "5xx", "retry.linkerd.io/limit": str(retry.attempts)}
    return {**made, "retry.linkerd.io/timeout": written(retry.each)} if retry.each else made


def _rule(route: Route, service: Service, port: int) -> Json:
    effects = route.effects
    parts: Json = {
        "matches": [_match(atom) for atom in route.matches],
        "filters": _filters(effects.headers) if effects.headers else [],
        "backendRefs": _backends(effects, service, port),
        "timeouts": {"request": written(effects.timeout.duration)} if effects.timeout else {},
    }
    return {key: part for key, part in parts.items() if part}


def _match(atom: Atom) -> Json:
    path, method = atom.get(PATH), atom.get(METHOD)
    parts: Json = {
        "path": {"type": _TYPES[path.how], "value": path.value} if path else {},
        "method": method.value if method else "",
        "headers": [_value(header, text) for header, text in atom.at(Place.HEADER).items()],
        "queryParams": [_value(key, text) for key, text in atom.at(Place.QUERY).items()],
    }
    return {key: part for key, part in parts.items() if part}


def _value(key: str, text: Text) -> Json:
    if text.how is How.PRESENT:
        return {"type": "RegularExpression", "name": key, "value": ".*"}
    return {"type": _TYPES[text.how], "name": key, "value": text.value}


def _filters(headers: Headers) -> list[Json]:
    changes = {
        "RequestHeaderModifier": _change(headers.request_add, headers.request_remove),
        "ResponseHeaderModifier": _change(headers.response_add, headers.response_remove),
    }
    return [{"type": kind, kind[0].lower() + kind[1:]: change} for kind, change in changes.items() if change]


def _change(added: Pairs, removed: tuple[str, ...]) -> Json:
    parts: Json = {"add": [{"name": key, "value": value} for key, value in added], "remove": list(removed)}
    return {key: part for key, part in parts.items() if part}


def _backends(effects: Effects, service: Service, port: int) -> list[Json]:
    return [
        {"kind": "Service", "name": target.service.name, "port": target.port or port, "weight": weight}
        for target, weight in dialect.shares(effects, service)
    ]
