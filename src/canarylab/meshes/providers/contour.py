"""Contour: an HTTPProxy with the weights of both Services, which one with the host's name includes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import contour, queries, routing
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, DataPlane, Entrance, Provider, Route, Setting
from canarylab.meshes.providers import ingress
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

HTTP_PROXY = Kind("projectcontour.io/v1", "httpproxies", "HTTPProxy")

_CLUSTER = "{{ namespace }}_{{ service }}-canary_[0-9a-zA-Z-]+"


def read(item: Json) -> Routing | None:
    """An HTTPProxy; None for one that only includes others.

    Contour takes the route with the most conditions, whatever the order. The one for all others names the new
    revision as well, with weight 0, which says nothing of those whom the conditions are about.
    """
    meta, routes = item["metadata"], item["spec"].get("routes") or ()
    rules = sorted(map(_rule, routes), key=lambda rule: not rule.matches)
    if len(rules) > 1 and not rules[-1].matches:
        rules[-1] = Rule({name: weight for name, weight in rules[-1].weights.items() if weight})
    return Routing(meta["name"], meta["namespace"], tuple(rules)) if rules else None


def _rule(route: Json) -> Rule:
    """Weights that no service has mean the same share for each, as in the API; conditions have to be met together."""
    services = route.get("services") or ()
    equal = not any(one.get("weight") for one in services)
    weights = {one["name"]: 1 if equal else one.get("weight", 0) for one in services}
    match = routing.headers(_conditions(route))
    return Rule(weights, (match,) if match else ())


def _conditions(route: Json) -> Iterator[tuple[str, Json]]:
    for one in route.get("conditions") or ():
        if header := one.get("header"):
            yield header["name"], _condition(header)


def _condition(header: Json) -> Json:
    """What Flagger writes: exact, or contains for what is a prefix or suffix."""
    if "contains" in header:
        return {"regex": f".*{header['contains']}.*"}
    return {"exact": header["exact"]} if "exact" in header else {}


def host(canary: Canary) -> str:
    """The name that users ask Contour's Envoy for; one for each namespace, as Contour refuses two that are the same."""
    return f"{canary.apex}.{canary.namespace}.example.com"


def setting(canary: Canary) -> Setting:
    """The HTTPProxy that gives Flagger's a name."""
    item = {
        "apiVersion": HTTP_PROXY.api_version,
        "kind": HTTP_PROXY.kind,
        "metadata": {"name": f"{canary.apex}-host"},
        "spec": {
            "virtualhost": {"fqdn": host(canary)},
            "includes": [{"name": canary.apex, "conditions": [{"prefix": "/"}]}],
        },
    }
    return ingress.joined(Setting(objects=(item,)), ingress.own_metrics(canary))


def entrance(canary: Canary) -> Entrance:
    """Users ask Contour's Envoy."""
    return Entrance(f"envoy.{contour.NAMESPACE}:80", host(canary))


PROVIDER = Provider(
    name="contour",
    title="Contour",
    plane=DataPlane.REAL,
    about="Contour and an Envoy of its own, by Contour's manifests; users ask that Envoy, with the name as Host header",
    strategies=(CANARY, AB, BLUE_GREEN),
    route=Route(HTTP_PROXY, read),
    queries=queries.of_envoy(f'envoy_cluster_name=~"{_CLUSTER}"'),
    told_by=("-canary_", "-primary_"),
    parts=contour.parts,
    setting=setting,
    entrance=entrance,
    upstream=(
        "mirror: true loops at weight 0 for ever (pkg/router/contour.go takes no mirror)",
        "two headers in match: the path's prefix is written with each of them, and Contour refuses the whole HTTPProxy;"
        " they come in any order, and each other order resets the weights",
        "regex of a header is left out, prefix and suffix become contains (makeConditions)",
        "all of match is one condition: every header has to fit, not one of them (makeConditions)",
        "each request tells its Service in a header l5d-dst-override, whatever the mesh is (makeLinkerdHeaderValue)",
        "blue/green: no user reaches the new revision through Contour, so Flagger's own queries find nothing",
    ),
)
