"""Skipper: a copy of the Ingress with both Services behind each path, and their weights in an annotation.

Between rollouts the copy has the predicate ``False()``, so that users take the way of the Ingress itself.
"""

from __future__ import annotations

import json
import re
from typing import Any

from canarylab.meshes import queries
from canarylab.meshes.provider import BLUE_GREEN, CANARY, DataPlane, Provider, Route, Setting
from canarylab.meshes.providers import ingress
from canarylab.meshes.recording import DURATION, Record
from canarylab.meshes.routing import Routing, Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]

_WEIGHTS, _PREDICATE = "zalando.org/backend-weights", "zalando.org/skipper-predicate"
# Flagger's observer writes "_" for whatever is no letter, digit or "_" in these values.
_ROUTE = "kube(ew)?_{{ namespace }}__{{ ingress }}_canary__.*__{{ service }}_canary(_[0-9]+)?"
# Between rollouts users take the route of the Ingress itself, but not before the first one.
_PRIMARY = "kube(ew)?_{{ namespace }}__{{ ingress }}(_canary)?__.*__{{ service }}(_primary)?(_[0-9]+)?"
_NEW = 'route=~"skipper/.+",destination_service_name=~".+-canary"'
_OLD = 'route=~"skipper/.+",destination_service_name=~".+-primary"'
_DISABLED = 'route=~"skipper-apex/.+"'


def read(item: Json) -> Routing | None:
    """The copy of an Ingress; None for any other, such as one with weights that somebody else wrote."""
    meta, weights = item["metadata"], _weights(item)
    found = next((one for one in ingress.paths(item) if one[2].endswith("-primary") and one[2] in weights), None)
    if found is None:
        return None
    host, path, primary = found
    apex = primary.removesuffix("-primary")
    new = f"{apex}-canary"
    shares = {primary: weights[primary], new: weights.get(new, 0)}
    if disabled(item):
        name = f"skipper-apex/{route_id(meta['namespace'], ingress.copied(item), host, path, apex)}"
        return Routing(apex, meta["namespace"], (Rule({primary: 100, new: 0}),), name)
    name = f"skipper/{route_id(meta['namespace'], meta['name'], host, path, apex)}"
    return Routing(apex, meta["namespace"], (Rule(shares),), name)


def disabled(item: Json) -> bool:
    """Whether no request takes the way of this Ingress."""
    predicates = item["metadata"].get("annotations", {}).get(_PREDICATE, "")
    return "False()" in [one.strip() for one in predicates.split("&&")]


def _weights(item: Json) -> dict[str, int]:
    """The weights by Service; none where Flagger could not read them."""
    try:
        found = json.loads(item["metadata"].get("annotations", {}).get(_WEIGHTS, "{}"))
    except ValueError:
        return {}
    whole = isinstance(found, dict) and all(isinstance(one, int) for one in found.values())
    return found if whole else {}


def worded(text: str) -> str:
    """A name as Skipper's route names have it."""
    return re.sub(r"\W", "_", text, flags=re.ASCII)


def route_id(namespace: str, name: str, host: str, path: str, service: str) -> str:
    """How Skipper calls a route of an Ingress (``routeID`` in ``dataclients/kubernetes/ingress.go``)."""
    return f"kube_{'__'.join(map(worded, (namespace, name, host, path, service)))}"


def _records() -> list[Record]:
    """Skipper counts by its routes, each of which leads to one Service."""
    metrics: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("response_duration_seconds_bucket", f"{DURATION}_bucket", {"code": "{code}"}),
        ("serve_route_duration_seconds_sum", f"{DURATION}_sum", {}),
        ("serve_route_duration_seconds_count", f"{DURATION}_count", {}),
    )
    return [
        Record(f"skipper_{name}", source, {**labels, "route": route}, select=select, seconds=True)
        for name, source, labels in metrics
        for select, route in ((_NEW, "{route}_canary"), (_OLD, "{route}_primary"), (_DISABLED, "{route}"))
    ]


def setting(canary: Canary) -> Setting:
    """An Ingress of the class skipper."""
    return ingress.of(canary, "skipper")


PROVIDER = Provider(
    name="skipper",
    title="Skipper",
    plane=DataPlane.TRANSLATED,
    about="a copied Ingress' weights are translated to Istio's VirtualServices; metrics are recorded of Istio's",
    strategies=(CANARY, BLUE_GREEN),
    route=Route(ingress.INGRESS, read, ingress.called),
    queries=queries.of(
        queries.success(
            "skipper_response_duration_seconds_bucket", f'route=~"{_ROUTE}"', good='code!~"5.."', last='le="+Inf"'
        ),
        queries.mean("skipper_serve_route_duration_seconds", f'route=~"{_ROUTE}"'),
    ),
    records=tuple(_records()),
    told_by=(_ROUTE, _PRIMARY),
    worded=worded,
    setting=setting,
    upstream=(
        "an Ingress without any annotation ends Flagger, for all Canaries: assignment to entry in nil map"
        " (pkg/router/skipper.go)",
        "match is not implemented (TODO in pkg/router/skipper.go): an A/B test sends every user to the new revision",
        "blue/green: no user reaches the new revision through the Ingress, so Flagger's own queries find nothing",
        "an Ingress that does not lead to the Service is not refused: pointers are compared (pkg/router/skipper.go)",
    ),
)
