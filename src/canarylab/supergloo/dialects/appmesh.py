"""AWS App Mesh: for each Service a VirtualService with its VirtualRouter, for each target a VirtualNode.

They are called like the Services, because App Mesh knows a service by the name of its VirtualService.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from canarylab.kube.reconcile import Json, Kind, World
from canarylab.supergloo import kinds, weights
from canarylab.supergloo.dialects import dialect
from canarylab.supergloo.matchers import METHOD, PATH, Atom, How, Place, Text
from canarylab.supergloo.policies import Effects, Retry, Shift
from canarylab.supergloo.routes import Claim, Route, Table
from canarylab.supergloo.upstreams import Service

_LACKS = {
    "delay": "App Mesh has no fault injection",
    "abort": "App Mesh has no fault injection",
    "cors": "App Mesh has no CORS policy",
    "mirror": "App Mesh mirrors no requests",
    "headers": "App Mesh changes no headers",
}
_MOST_WEIGHT, _MOST_TARGETS = 100, 10
_EACH_TRY = 15_000  # milliseconds: App Mesh wants a bound, and this is its own default for a request
_EVENTS = {
    "5xx": ("http", "server-error"),
    "gateway-error": ("http", "gateway-error"),
    "retriable-4xx": ("http", "client-error"),
    "refused-stream": ("http", "stream-error"),
    "connect-failure": ("tcp", "connection-error"),
}


@dataclass(frozen=True)
class AppMesh:
    """App Mesh by its controller's v1beta2."""

    title: str = "App Mesh"
    makes: tuple[Kind, ...] = (kinds.APP_MESH_SERVICE, kinds.VIRTUAL_ROUTER, kinds.VIRTUAL_NODE)
    most: int = 50  # routes of a virtual router

    def objection(self, claim: Claim) -> str:
        return (
            dialect.lacking(claim, _LACKS)
            or dialect.callers(claim, self.title)
            or _requests(claim)
            or _shift(claim)
            or _retries(claim)
        )

    def taken(self, claim: Claim, world: World) -> str:
        """By objects of the same names."""
        targets = [target.service for target, _ in claim.policy.shares] if isinstance(claim.policy, Shift) else []
        nodes = [(kinds.VIRTUAL_NODE, service) for service in [claim.service, *targets]]
        own = [(kinds.APP_MESH_SERVICE, claim.service), (kinds.VIRTUAL_ROUTER, claim.service)]
        found = (dialect.named(world, kind, service, service.name) for kind, service in [*own, *nodes])
        return next(filter(None, found), "")

    def unenforced(self, _claim: Claim) -> str:
        return ""

    def objects(self, tables: Sequence[Table]) -> list[Json]:
        routers = [made for table in tables for made in (_virtual_service(table.service), _virtual_router(table))]
        nodes = dict.fromkeys(target.service for target in dialect.targets(tables))
        return [*routers, *map(_virtual_node, nodes)]


def _requests(claim: Claim) -> str:
    for text in (text for atom in claim.atoms for text in atom.at(Place.QUERY).values()):
        if text.how is not How.EXACT:
            return "App Mesh compares parameters of the query with whole values only"
    return ""


def _shift(claim: Claim) -> str:
    if not isinstance(claim.policy, Shift):
        return ""
    shares = claim.policy.shares
    if len(shares) > _MOST_TARGETS:
        return f"App Mesh has at most {_MOST_TARGETS} destinations, not {len(shares)}"
    if labelled := [target.service for target, _ in shares if target.labels]:
        return f"App Mesh has no subsets: {labelled[0]} is one whole"
    if weights.bounded([weight for _, weight in shares], _MOST_WEIGHT) is None:
        proportions = ":".join(str(weight) for _, weight in shares)
        return f"App Mesh has whole weights up to {_MOST_WEIGHT}: {proportions} cannot be said in these"
    return ""


def _retries(claim: Claim) -> str:
    if not isinstance(claim.policy, Retry):
        return ""
    unknown = [word for word in claim.policy.upon if word not in _EVENTS]
    return f"App Mesh retries upon {', '.join(_EVENTS)}, not upon {unknown[0]}" if unknown else ""


def _virtual_service(service: Service) -> Json:
    provider = {"virtualRouter": {"virtualRouterRef": {"name": service.name}}}
    spec = {"awsName": f"{service.name}.{service.namespace}", "provider": provider}
    return kinds.made(kinds.APP_MESH_SERVICE, service.name, service.namespace, spec)


def _virtual_node(service: Service) -> Json:
    spec = {
        "podSelector": {"matchLabels": dict(service.selector)},
        "listeners": _listeners(service),
        "serviceDiscovery": {"dns": {"hostname": service.host}},
    }
    return kinds.made(kinds.VIRTUAL_NODE, service.name, service.namespace, spec)


def _listeners(service: Service) -> list[Json]:
    return [{"portMapping": {"port": port, "protocol": protocol}} for port, protocol in service.protocols]


def _virtual_router(table: Table) -> Json:
    service = table.service
    made = [one for port, protocol in service.protocols for one in _routes(table, port, protocol)]
    routes = [{"name": f"{service.name}-{place}", "priority": place, **one} for place, one in enumerate(made)]
    return kinds.made(
        kinds.VIRTUAL_ROUTER, service.name, service.namespace, {"listeners": _listeners(service), "routes": routes}
    )


def _routes(table: Table, port: int, protocol: str) -> Iterator[Json]:
    """The routes of one port, one for each atom."""
    kind = "httpRoute" if protocol == "http" else "http2Route"
    for route in table.at(port):
        for atom in route.matches or [Atom()]:
            match = {**_match(atom), **_port(table.service, port)}
            yield {kind: {"match": match, **_action(route, table.service, port)}}


def _match(atom: Atom) -> Json:
    path, method = atom.get(PATH), atom.get(METHOD)
    prefixed = path is None or path.how is How.PREFIX
    parts: Json = {
        "prefix": (path.value if path else "/") if prefixed else "",
        "path": {path.how.name.lower(): path.value} if path and not prefixed else {},
        "method": method.value if method else "",
        "headers": [_value(name, text) for name, text in atom.at(Place.HEADER).items()],
        "queryParameters": [
            {"name": key, "match": {"exact": text.value}} for key, text in atom.at(Place.QUERY).items()
        ],
    }
    return {key: part for key, part in parts.items() if part}


def _value(name: str, text: Text) -> Json:
    return {"name": name, **({"match": {text.how.name.lower(): text.value}} if text.how is not How.PRESENT else {})}


def _action(route: Route, service: Service, port: int) -> Json:
    effects = route.effects
    made: Json = {"action": {"weightedTargets": _targets(effects, service, port)}}
    if effects.timeout:
        made["timeout"] = {"perRequest": _duration(effects.timeout.duration)}
    if effects.retry:
        made["retryPolicy"] = _retry_policy(effects.retry)
    return made


def _targets(effects: Effects, service: Service, port: int) -> list[Json]:
    shares = dialect.shares(effects, service)
    scaled = weights.bounded([weight for _, weight in shares], _MOST_WEIGHT) or []
    return [
        {
            "virtualNodeRef": _node(target.service, service),
            "weight": weight,
            **_port(target.service, target.port or port),
        }
        for (target, _), weight in zip(shares, scaled, strict=True)
    ]


def _node(target: Service, service: Service) -> Json:
    elsewhere = target.namespace != service.namespace
    return {"name": target.name, **({"namespace": target.namespace} if elsewhere else {})}


def _port(service: Service, port: int) -> Json:
    """Which port is meant, where there are several."""
    return {"port": port} if len(service.web) > 1 else {}


def _retry_policy(retry: Retry) -> Json:
    events = [_EVENTS[word] for word in retry.upon or ("5xx", "connect-failure")]
    made: Json = {"maxRetries": retry.attempts, "perRetryTimeout": _duration(retry.each or _EACH_TRY)}
    for layer in ("http", "tcp"):
        if named := list(dict.fromkeys(event for one, event in events if one == layer)):
            made[f"{layer}RetryEvents"] = named
    return made


def _duration(duration: int) -> Json:
    return {"unit": "ms", "value": duration}
