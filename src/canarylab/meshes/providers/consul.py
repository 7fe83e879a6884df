"""Consul: its config entries, which together say where requests to a service go; SuperGloo writes them for Flagger.

The router of the service that is asked counts first, then the splitters, then the resolvers' subsets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from canarylab.kube.parts import Part
from canarylab.kube.reconcile import Kind, World
from canarylab.meshes import discoverychain, routing, supergloo
from canarylab.meshes.discoverychain import RESOLVER, ROUTER, SPLITTER, Entries, Shares, Target
from canarylab.meshes.provider import BLUE_GREEN, CANARY, DataPlane, Provider, Read, Route, Setting
from canarylab.meshes.providers import istio
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary
from canarylab.toolchain import Toolset

Json = dict[str, Any]

SERVICE = Kind("v1", "services", "Service")

_PASSED_ON = ("add", "set", "remove")
_CONDITION = re.compile(r'Service\.Meta\["([^"]+)"\] == "([^"]*)"')


def whole(world: World) -> Iterator[Read]:
    """What all entries say together of each Service. A service without one is a name for other entries."""
    kinds = (ROUTER, SPLITTER, RESOLVER)
    by_place = {(kind.kind, *_place(item)): item for kind in kinds for item in world.get(kind.name, ())}
    for space, name in sorted({_place(item) for item in world.get(SERVICE.name, ())}):
        own = [by_place[key] for kind in kinds if (key := (kind.kind, space, name)) in by_place]
        if own:
            yield own[0], _routing(Target(space, name), Entries(by_place))


def _place(item: Json) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def _routing(own: Target, entries: Entries) -> Routing:
    routes = entries.get(ROUTER, own.namespace, own.service).get("routes", ())
    rules = [_routed(route, own, entries) for route in routes]
    if routes or entries.get(SPLITTER, own.namespace, own.service):
        rules.append(_rule(entries.shares(own), own.namespace))
    subsets = entries.get(RESOLVER, own.namespace, own.service).get("subsets", {})
    return Routing(own.service, own.namespace, tuple(rules), subsets=tuple(_subsets(subsets)))


def _routed(route: Json, own: Target, entries: Entries) -> Rule:
    said = route.get("destination", {})
    match = _match(route.get("match", {}).get("http", {}))
    shares = entries.shares(discoverychain.target(said, own))
    return _rule(shares, own.namespace, (match,) if match else (), _treated(said))


def _rule(shares: Shares, space: str, matches: tuple[Json, ...] = (), treated: Json | None = None) -> Rule:
    """Weights are whole: percentages where these are, else as many times more."""
    times = math.lcm(*(share.denominator for share in shares.values()))
    weights = {_name(target, space): int(share * times) for target, share in shares.items()}
    further = {
        _name(target, space): _destination(target) for target in shares if _name(target, space) != target.service
    }
    return Rule(weights, matches, destinations=further, treated=treated or {})


def _name(target: Target, space: str) -> str:
    elsewhere = f".{target.namespace}" if target.namespace != space else ""
    return f"{target.service}{elsewhere}" + (f"/{target.subset}" if target.subset else "")


def _destination(target: Target) -> Json:
    subset = {"subset": target.subset} if target.subset else {}
    return {"host": routing.host(target.service, target.namespace), **subset}


def _subsets(subsets: Mapping[str, Json]) -> Iterator[Json]:
    """Those that tell pods by their labels; requests to any other reach nobody."""
    for name, subset in subsets.items():
        conditions = [_CONDITION.fullmatch(one) for one in subset.get("filter", "").split(" and ")]
        labels = {one[1]: one[2] for one in conditions if one}
        if len(labels) == len(conditions):
            yield {"name": name, "labels": labels}


def _match(http: Json) -> Json:
    paths = {"exact": "pathExact", "prefix": "pathPrefix", "regex": "pathRegex"}
    headers = http.get("header", ())
    found = routing.headers((one["name"], _value(one)) for one in headers if not one.get("invert"))
    without = {one["name"]: _value(one) for one in headers if one.get("invert")}
    parts: Json = {
        "uri": {how: http[field] for how, field in paths.items() if field in http},
        "method": _method(http.get("methods", ())),
        "queryParams": {one["name"]: _value(one) or {"regex": ".*"} for one in http.get("queryParam", ())},
        "headers": found.get("headers", {}),
        "withoutHeaders": {**without, **found.get("withoutHeaders", {})},
    }
    return {key: part for key, part in parts.items() if part}


def _value(one: Json) -> Json:
    """A StringMatch; an empty one asks a header to be there."""
    if "suffix" in one:
        return {"regex": f".*{re.escape(one['suffix'])}"}
    return {how: one[how] for how in ("exact", "prefix", "regex") if how in one}


def _method(methods: Sequence[str]) -> Json:
    return {"exact": methods[0]} if len(methods) == 1 else {"regex": "|".join(methods)} if methods else {}


def _treated(said: Json) -> Json:
    """What a route does with requests beside sending them somewhere."""
    headers = {"request": said.get("requestHeaders"), "response": said.get("responseHeaders")}
    parts: Json = {
        "rewrite": {"uri": said["prefixRewrite"]} if "prefixRewrite" in said else {},
        "timeout": said.get("requestTimeout", ""),
        "retries": _retries(said),
        "headers": {side: {key: one[key] for key in _PASSED_ON if key in one} for side, one in headers.items() if one},
    }
    return {key: part for key, part in parts.items() if part}


def _retries(said: Json) -> Json:
    if not said.get("numRetries"):
        return {}
    connecting = ["connect-failure"] if said.get("retryOnConnectFailure") else []
    upon = [*connecting, *said.get("retryOn", ()), *map(str, said.get("retryOnStatusCodes", ()))]
    return {"attempts": said["numRetries"], **({"retryOn": ",".join(upon)} if upon else {})}


def read(item: Json) -> Routing:
    """What a ServiceSplitter says by itself."""
    own, alone = Target(*_place(item)), Entries({(SPLITTER.kind, *_place(item)): item})
    return Routing(own.service, own.namespace, (_rule(alone.shares(own), own.namespace),))


def _through_supergloo(_canary: Canary) -> Setting:
    return Setting(annotations={supergloo.ANNOTATION: "consul"})


def _parts(_toolset: Toolset) -> list[Part]:
    return supergloo.controller("consul", {"consul": {}})


PROVIDER = Provider(
    name="consul",
    title="Consul",
    plane=DataPlane.TRANSLATED,
    about="SuperGloo makes ServiceSplitters of SMI's TrafficSplits, translated to Istio's VirtualServices",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(SPLITTER, read),
    queries=istio.QUERIES,
    definitions=("consul",),
    further=(ROUTER, RESOLVER, SERVICE),
    whole=whole,
    spelt="smi:v1alpha2",
    parts=_parts,
    setting=_through_supergloo,
    upstream=(
        "Flagger knows no Consul: it was driven through SuperGloo, whose rules were Consul's config entries",
        "Consul splits only what it takes for HTTP: ServiceDefaults or ProxyDefaults have to say so, and are not made",
    ),
)
