"""Where each provider of Flagger keeps the weights, and how they are read: one entry per provider.

The places are those of Flagger's routers (``pkg/router``, 1.44.0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from canarylab.model.canary import Canary

Json = dict[str, Any]
Weights = dict[str, int]


@dataclass(frozen=True)
class Route:
    """A kind of route object, and the way from one of them to weights by destination."""

    api_version: str
    plural: str
    read: Callable[[Json], Weights]

    def canary_weight(self, item: Json, canary: Canary) -> int:
        """The weight of the new revision; 0 where the route does not mention it."""
        return self.read(item).get(f"{canary.apex}-canary", 0)


def virtual_service(item: Json) -> Weights:
    """Istio: a destination without a weight gets everything."""
    spec = item["spec"]
    rules = spec.get("http") or spec.get("tcp") or []
    return _weighted(item, [_destinations(rule) for rule in rules])


def _destinations(rule: Json) -> Weights:
    return {one["destination"]["host"].partition(".")[0]: one.get("weight", 100) for one in rule.get("route", [])}


def http_route(item: Json) -> Weights:
    """Gateway API: the weight defaults to 1, as in the API."""
    rules = item["spec"].get("rules") or []
    return _weighted(item, [_backends(rule) for rule in rules])


def _backends(rule: Json) -> Weights:
    return {one["name"]: one.get("weight", 1) for one in rule.get("backendRefs", [])}


def _weighted(item: Json, rules: Sequence[Weights]) -> Weights:
    """The last rule that names the canary, else the first.

    With session affinity the rules of the users who stay where they are stand before it (``GetRoutes``).
    """
    canary = f"{item['metadata']['name']}-canary"
    return next((one for one in reversed(rules) if canary in one), next(iter(rules), {}))


_ISTIO = Route("networking.istio.io/v1beta1", "virtualservices", virtual_service)
_GATEWAY = Route("gateway.networking.k8s.io/v1", "httproutes", http_route)

# None: the provider has no route object. A Canary without a provider has the one that Flagger was started with.
ROUTES: dict[str, Route | None] = {
    "istio": _ISTIO,
    "gatewayapi:v1": _GATEWAY,
    "gatewayapi:v1beta1": _GATEWAY,
    "kubernetes": None,
}
