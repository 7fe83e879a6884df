"""Gloo Edge: a RouteTable whose destinations are Upstreams, which Flagger makes of both Services.

On Gloo a RouteTable takes effect where a VirtualService of Gloo's delegates to it; here it stands before the Service
itself. What matches no route of the table goes to the primary, as it would by one more route behind the delegating one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from canarylab.kube.reconcile import Kind
from canarylab.meshes import queries, recording, routing
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, DataPlane, Provider, Route
from canarylab.meshes.providers import ingress
from canarylab.meshes.routing import Routing, Rule

Json = dict[str, Any]

_CLUSTER = "{{ namespace }}-{{ target }}-canaryupstream-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+"
# Gloo calls a cluster UPSTREAM_NAMESPACE; only its gateway counts, so whoever asks a Service by itself is left out.
_RECORDED = {"envoy_cluster_name": "{home}-{service}upstream-{port}_{home}"}


def read(item: Json) -> Routing | None:
    """A RouteTable; None where it has a destination that is no Upstream of Flagger's.

    A weight of 0 is left out by Flagger's client.
    """
    name, namespace = item["metadata"]["name"], item["metadata"]["namespace"]
    rules = [_rule(route, f"{namespace}-{name}", name) for route in item["spec"].get("routes", ())]
    if not all(rule.weights for rule in rules):
        return None
    if rules and all(rule.matches for rule in rules):
        rules.append(Rule({f"{name}-primary": 100}))
    return Routing(name, namespace, tuple(rules), f"gloo/{name}")


def _rule(route: Json, prefix: str, apex: str) -> Rule:
    """The weights by Service; none of them where one is not known."""
    shares = {
        _service(one["destination"]["upstream"]["name"], prefix, apex): one.get("weight", 0)
        for one in route["routeAction"]["multi"]["destinations"]
    }
    return Rule({} if "" in shares else shares, tuple(_matches(route)))


def _service(upstream: str, prefix: str, apex: str) -> str:
    """The Service behind an Upstream, which Flagger calls NAMESPACE-APEX-ROLEupstream-PORT; empty for any other."""
    found = re.fullmatch(rf"{re.escape(prefix)}-(primary|canary)upstream-\d+", upstream)
    return f"{apex}-{found[1]}" if found else ""


def _matches(route: Json) -> Iterator[Json]:
    """Matchers of headers and methods; the path is that of whoever delegates."""
    for one in route.get("matchers", ()):
        conditions = ((header["name"], _condition(header)) for header in one.get("headers", ()))
        methods = "|".join(map(re.escape, one.get("methods", ())))
        yield {**routing.headers(conditions), **({"method": {"regex": methods}} if methods else {})}


def _condition(header: Json) -> Json:
    """A header without a value has to be there."""
    value = header.get("value")
    return {("regex" if header.get("regex") else "exact"): value} if value else {}


PROVIDER = Provider(
    name="gloo",
    title="Gloo Edge",
    plane=DataPlane.TRANSLATED,
    about="RouteTables are translated to Istio's VirtualServices; the metrics are recorded of Istio's",
    strategies=(CANARY, AB, BLUE_GREEN),
    route=Route(Kind("gateway.solo.io/v1", "routetables", "RouteTable"), read),
    queries=queries.of_envoy(f'envoy_cluster_name=~"{_CLUSTER}"'),
    records=recording.of_envoy(_RECORDED, 'route=~"gloo/.+"'),
    told_by=("-canaryupstream", "-primaryupstream"),
    definitions=("gloo",),
    setting=ingress.own_metrics,
    upstream=(
        "mirror: true loops at weight 0 for ever (pkg/router/gloo.go takes no mirror)",
        "match: the table has no route for who does not match, also between rollouts; Gloo answers them 404",
        "conditions of several matches have to be met together, not one of them (getHeaderMatchers)",
        "prefix and suffix of a header are left out: it then only has to be there (getHeaderMatchers)",
        "two headers in one match come in any order, and each other order resets the weights (Reconcile)",
        "blue/green: no user reaches the new revision through Gloo, so Flagger's own queries find nothing",
        "queries ask for the target's name, the Upstreams have service.name (pkg/metrics/observers/gloo.go)",
    ),
)
