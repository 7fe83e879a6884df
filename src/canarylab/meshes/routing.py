"""What every mesh's route object says in the end: which requests of a host go where, in which shares.

Each mesh reads its own objects into these, and one function makes Istio's of them, for the meshes whose API is served
by translation. What a reader finds is what the observer records, so translation and record cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Weights = Mapping[str, int]

DOMAIN = "svc.cluster.local"


@dataclass(frozen=True)
class Rule:
    """Requests that match any of ``matches`` (all, if there is none) go to Services by weight.

    ``matches`` are Istio's HTTPMatchRequests. ``mirror`` is the Service that gets copies, and the percentage of them.
    ``destinations`` says by the keys of ``weights`` what Istio's Destination has beside the Service of that name, or
    instead of it; ``treated`` are the fields of Istio's HTTPRoute that do not say where requests go.
    """

    weights: Weights
    matches: tuple[Json, ...] = ()
    mirror: tuple[str, int] | None = None
    destinations: Mapping[str, Json] = field(default_factory=dict)
    treated: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Routing:
    """The rules of one host, a Service of a namespace; the first that matches counts.

    ``name`` is what the proxy's numbers have as their label ``route``, written ``PROVIDER/NAME``: for providers whose
    metrics tell the route that a request took. ``subsets`` are Istio's, for destinations that are some of a Service's
    pods.
    """

    service: str
    namespace: str
    rules: tuple[Rule, ...] = field(default_factory=tuple)
    name: str = ""
    subsets: tuple[Json, ...] = ()

    @property
    def weights(self) -> Weights:
        """The weights in force for the users whom the route is about.

        These are of the last rule that names the canary, else of the first: users who stay where they are come before
        it with session affinity, those who do not match come after it in an A/B test.
        """
        named = [rule.weights for rule in self.rules if f"{self.service}-canary" in rule.weights]
        return next(reversed(named), next((rule.weights for rule in self.rules), {}))


def headers(conditions: Iterable[tuple[str, Json]]) -> Json:
    """The part of an HTTPMatchRequest that wants every condition on a header fulfilled, as Istio's StringMatches.

    It holds one condition for each header. Where two differ nobody can be told who fulfils both, so nobody does: a
    header that has to fit and has not to fit the same condition.
    """
    made: Json = {}
    never: Json = {}
    for name, condition in conditions:
        if made.setdefault(name, condition) != condition:
            never[name] = made[name]
    return {**({"headers": made} if made else {}), **({"withoutHeaders": never} if never else {})}


def virtual_service(routing: Routing, owner: str) -> Json:
    """Istio's object for a routing, called after ``owner``, which translates."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": f"{owner}-{routing.service}", "namespace": routing.namespace},
        "spec": {
            "hosts": [host(routing.service, routing.namespace)],
            "http": [_named(routing.name) | _http(rule, routing.namespace) for rule in routing.rules],
        },
    }


def destination_rule(routing: Routing, owner: str) -> Json:
    """Istio's object for the subsets of a routing's Service."""
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": f"{owner}-{routing.service}", "namespace": routing.namespace},
        "spec": {"host": host(routing.service, routing.namespace), "subsets": list(routing.subsets)},
    }


def _named(name: str) -> Json:
    return {"name": name} if name else {}


def _http(rule: Rule, namespace: str) -> Json:
    shares = [(service, weight) for service, weight in rule.weights.items() if weight or len(rule.weights) == 1]
    targets = {to: {"host": host(to, namespace), **rule.destinations.get(to, {})} for to in rule.weights}
    made: Json = {"route": [{"destination": targets[to], "weight": weight} for to, weight in shares], **rule.treated}
    if rule.matches:
        made["match"] = list(rule.matches)
    if rule.mirror:
        made["mirror"] = {"host": host(rule.mirror[0], namespace)}
        made["mirrorPercentage"] = {"value": rule.mirror[1]}
    return made


def host(service: str, namespace: str) -> str:
    """The name by which Istio knows a Service."""
    return f"{service}.{namespace}.{DOMAIN}"
