"""Consul: a ServiceSplitter for weights, a ServiceRouter for what requests ask, a ServiceResolver for subsets.

They are called like the Services, because that is how Consul knows whom they are for. A split of some requests only is
that of a service of its own, which has no instances. Namespaces are Consul's mirrored ones.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from canarylab.kube.reconcile import Json, Kind, World
from canarylab.supergloo import kinds, weights
from canarylab.supergloo.dialects import dialect
from canarylab.supergloo.durations import written
from canarylab.supergloo.matchers import METHOD, PATH, PORT, Atom, How, Place, Text
from canarylab.supergloo.policies import Effects, Headers, Retry, Shift
from canarylab.supergloo.routes import Claim, Route, Table
from canarylab.supergloo.upstreams import Service, Target

_LACKS = {
    "delay": "Consul has no fault injection",
    "abort": "Consul has no fault injection",
    "cors": "Consul has no CORS policy",
    "mirror": "Consul mirrors no requests",
}
_CONDITIONS = ("5xx", "gateway-error", "reset", "connect-failure", "retriable-4xx", "refused-stream", "unavailable")


@dataclass(frozen=True)
class Consul:
    """Consul by its config entries."""

    title: str = "Consul"
    makes: tuple[Kind, ...] = (kinds.SPLITTER, kinds.ROUTER, kinds.RESOLVER)
    most: int = 100

    def objection(self, claim: Claim) -> str:
        return (
            dialect.lacking(claim, _LACKS)
            or dialect.callers(claim, self.title)
            or _ports(claim)
            or _shift(claim)
            or _retries(claim)
        )

    def taken(self, claim: Claim, world: World) -> str:
        """By config entries of the same names."""
        targets = [target for target, _ in claim.policy.shares] if isinstance(claim.policy, Shift) else []
        resolved = [(kinds.RESOLVER, target.service) for target in targets if target.labels]
        own = [(kinds.SPLITTER, claim.service), (kinds.ROUTER, claim.service)]
        found = (dialect.named(world, kind, service, service.name) for kind, service in [*own, *resolved])
        return next(filter(None, found), "")

    def unenforced(self, _claim: Claim) -> str:
        return ""

    def objects(self, tables: Sequence[Table]) -> list[Json]:
        return [*(made for table in tables for made in _entries(table)), *_resolvers(tables)]


def _ports(claim: Claim) -> str:
    """Consul knows a service, not its ports."""
    named = any(atom.get(PORT) for atom in claim.atoms)
    return f"Consul routes all ports of {claim.service} alike: name all of its upstreams" if named else ""


def _shift(claim: Claim) -> str:
    if not isinstance(claim.policy, Shift) or weights.percentages([weight for _, weight in claim.policy.shares]):
        return ""
    return "Consul has weights of 0.01 % and more: one of these is less"


def _retries(claim: Claim) -> str:
    if not isinstance(claim.policy, Retry):
        return ""
    if claim.policy.each:
        return "Consul has no bound on a single try: leave perTryTimeout out"
    unknown = [word for word in claim.policy.upon if word not in _CONDITIONS and not word.isdigit()]
    return f"Consul retries upon statuses, {', '.join(_CONDITIONS)}, not upon {unknown[0]}" if unknown else ""


def _entries(table: Table) -> Iterator[Json]:
    """The config entries of one Service."""
    service, last = table.service, table.routes[-1].effects
    shifts = dict.fromkeys(route.effects.shift for route in table.routes if _splits(route, last))
    if last.shift:
        yield _splitter(service.name, service, last.shift)
    yield from (_splitter(_part(service, shift), service, shift) for shift in shifts if shift)
    if routes := [made for route in table.routes for made in _routes(route, service, last)]:
        yield kinds.made(kinds.ROUTER, service.name, service.namespace, {"routes": routes})


def _splits(route: Route, last: Effects) -> bool:
    """Whether a route goes to several targets in another way than all requests do."""
    shift = route.effects.shift
    return shift is not None and shift != last.shift and _alone(shift) is None


def _alone(shift: Shift) -> Target | None:
    """The one target that gets everything."""
    targets = [target for target, weight in shift.shares if weight]
    return targets[0] if len(targets) == 1 else None


def _part(service: Service, shift: Shift) -> str:
    """What the service without instances is called that a split of some requests needs."""
    text = " ".join(f"{target.service} {target.labels} {weight}" for target, weight in shift.shares)
    return f"{service.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _splitter(name: str, service: Service, shift: Shift) -> Json:
    shares = weights.percentages([weight for _, weight in shift.shares]) or []
    splits = [
        {"weight": share, **_service(target, service)} for (target, _), share in zip(shift.shares, shares, strict=True)
    ]
    return kinds.made(kinds.SPLITTER, name, service.namespace, {"splits": splits})


def _service(target: Target, service: Service) -> Json:
    subset = {"serviceSubset": dialect.subset(target)} if target.labels else {}
    elsewhere = target.service.namespace != service.namespace
    return {
        "service": target.service.name, **subset, **({"namespace": target.service.namespace} if elsewhere else {})
    }  # fmt: skip


def _routes(route: Route, service: Service, last: Effects) -> Iterator[Json]:
    """A route for each atom; none for what the Service does of itself."""
    destination = {**_goes(route, service, last), **_treated(route.effects)}
    for atom in route.matches:
        yield {"match": {"http": _match(atom)}, **({"destination": destination} if destination else {})}
    if not route.matches and destination:
        yield {"destination": destination}


def _goes(route: Route, service: Service, last: Effects) -> Json:
    shift = route.effects.shift
    if shift is None or shift == last.shift:
        return {}
    alone = _alone(shift)
    return _service(alone, service) if alone else {"service": _part(service, shift)}


def _treated(effects: Effects) -> Json:
    made: Json = {}
    if effects.timeout:
        made["requestTimeout"] = written(effects.timeout.duration)
    if effects.retry:
        made |= _retried(effects.retry)
    if effects.headers:
        made |= _headers(effects.headers)
    return made


def _retried(retry: Retry) -> Json:
    parts: Json = {
        "retryOn": [word for word in retry.upon if not word.isdigit()],
        "retryOnStatusCodes": [int(word) for word in retry.upon if word.isdigit()],
    }
    return {"numRetries": retry.attempts, **{key: part for key, part in parts.items() if part}}


def _headers(headers: Headers) -> Json:
    request = dialect.change(headers.request_add, headers.request_remove)
    response = dialect.change(headers.response_add, headers.response_remove)
    return {key: part for key, part in {"requestHeaders": request, "responseHeaders": response}.items() if part}


def _match(atom: Atom) -> Json:
    path, method = atom.get(PATH), atom.get(METHOD)
    parts: Json = {
        **({f"path{path.how.name.capitalize()}": path.value} if path else {}),
        "methods": [method.value] if method else [],
        "header": [_value(header, text) for header, text in atom.at(Place.HEADER).items()],
        "queryParam": [_value(key, text) for key, text in atom.at(Place.QUERY).items()],
    }
    return {key: part for key, part in parts.items() if part}


def _value(key: str, text: Text) -> Json:
    asked: Json = {"present": True} if text.how is How.PRESENT else {text.how.name.lower(): text.value}
    return {"name": key, **asked}


def _resolvers(tables: Sequence[Table]) -> list[Json]:
    labelled = [target for target in dialect.targets(tables) if target.labels]
    by_service = itertools.groupby(labelled, key=lambda target: target.service)
    return [_resolver(service, list(targets)) for service, targets in by_service]


def _resolver(service: Service, targets: Sequence[Target]) -> Json:
    subsets = {dialect.subset(target): {"filter": _filter(target)} for target in targets}
    return kinds.made(kinds.RESOLVER, service.name, service.namespace, {"subsets": subsets})


def _filter(target: Target) -> str:
    return " and ".join(f'Service.Meta["{name}"] == "{value}"' for name, value in target.labels)
