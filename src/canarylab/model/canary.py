"""A Flagger Canary as the numbers that decide its timeline, read from the object in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from canarylab.errors import UsageError
from canarylab.model import releases
from canarylab.model.releases import Version

FLOOR = 10.0  # seconds: Flagger never analyses more often (reference: its scheduler's control loop, 1.44.0)
TOTAL = 100  # the weight of all traffic
_DEADLINE = 600  # seconds: progressDeadlineSeconds where the Canary gives none (Flagger's CRD)
_FORCED_ITERATIONS = 10  # what Flagger sets where plain Kubernetes is asked for weights
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_PART = r"(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)"
_INTERVAL = re.compile(rf"(?=\d+[ms])(?:{_PART})+")
_BUILT_IN = ("request-success-rate", "request-duration")
_MIRRORING = ("", "istio")  # of the providers; a provider that Flagger does not know is played by Istio's router
ROUTERS = (
    "apisix", "appmesh", "contour", "gatewayapi", "gloo", "istio", "knative", "kubernetes", "kuma", "linkerd",
    "nginx", "osm", "skipper", "smi", "traefik",
)  # fmt: skip


def seconds(interval: str) -> float:
    """``30s``, ``1m`` or ``1m30s`` in seconds, as Flagger's CRD and Go take it together; UsageError for another."""
    if _INTERVAL.fullmatch(interval) is None:
        raise UsageError(f"{interval!r} is no interval", next_step="write it like 30s or 1m")
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, interval))


class Strategy(Enum):
    """How a new revision meets the users: by growing weights, by iterations on matching ones, or all at once."""

    CANARY = "canary"
    AB = "A/B"
    BLUE_GREEN = "blue/green"


@dataclass(frozen=True)
class Metric:
    """A check of the analysis: its name, the window that it looks back over, and its limits.

    ``query`` says whether the Canary has one of its own for it, ``template`` names a MetricTemplate.
    """

    name: str
    interval: str
    least: float | None
    most: float | None
    template: str = ""
    query: bool = False

    def askable(self, release: Version) -> bool:
        """Whether a release can ask for it at all; where it cannot, each check fails."""
        if self.name in _BUILT_IN or self.template or not releases.TEMPLATE_NEEDED.holds(release):
            return True
        return self.query and releases.QUERY_IS_ENOUGH.holds(release)


@dataclass(frozen=True)
class Webhook:
    """A webhook: its name, its type, and whether its refusals send no alert."""

    name: str
    type: str
    muted: bool = False


@dataclass(frozen=True)
class Canary:
    """What of a Canary decides how its rollout goes. ``interval`` is in seconds, ``deadline`` as well.

    ``steps`` are the canary's weights in turn, in percent of the traffic, ``step`` what is added each time where they
    are not listed; ``hooks`` the types of its webhooks; ``ingress`` and ``route`` the Ingress and the route that it
    refers to, for the providers that copy these. ``matched`` says whether only some users are meant, ``flagger``
    by which release it is played.
    """

    name: str
    namespace: str
    kind: str
    target: str
    apex: str
    port: int
    provider: str
    interval: float
    threshold: int
    deadline: int
    metrics: tuple[Metric, ...]
    strategy: Strategy = Strategy.CANARY
    steps: tuple[int, ...] = ()
    max_weight: int = TOTAL
    iterations: int = 0
    step_promotion: int = 0
    mirror: bool = False
    skip: bool = False
    hooks: frozenset[str] = frozenset()
    step: int = 0
    webhooks: tuple[Webhook, ...] = ()
    suspended: bool = False
    tcp: bool = False
    matched: bool = False
    ingress: str = ""
    route: str = ""
    flagger: Version = releases.PINNED

    @property
    def primary(self) -> str:
        """The workload that Flagger makes of the target, and that users reach between rollouts."""
        return f"{self.target}-primary"

    @classmethod
    def parse(cls, item: Mapping[str, Any]) -> Canary:
        """Reads ``flagger.app/v1beta1``; a Canary without an analysis has no steps."""
        spec, meta = item["spec"], item["metadata"]
        analysis = spec.get("analysis") or {}
        service, target = spec["service"], spec["targetRef"]
        return cls(
            name=meta["name"],
            namespace=meta.get("namespace", "default"),
            kind=target["kind"],
            target=target["name"],
            apex=service.get("name") or target["name"],
            port=service["port"],
            provider=spec.get("provider", ""),
            interval=max(FLOOR, seconds(analysis.get("interval") or "60s")),
            threshold=max(1, analysis.get("threshold", 0)),
            deadline=spec.get("progressDeadlineSeconds", _DEADLINE),
            metrics=tuple(_metric(one) for one in analysis.get("metrics") or ()),
            strategy=strategy(analysis),
            steps=steps(analysis),
            max_weight=max_weight(analysis),
            iterations=analysis.get("iterations", 0),
            step_promotion=analysis.get("stepWeightPromotion", 0),
            mirror=analysis.get("mirror", False),
            skip=spec.get("skipAnalysis", False) or not analysis,
            hooks=frozenset(hook.get("type") or "rollout" for hook in analysis.get("webhooks") or ()),
            step=analysis.get("stepWeight", 0),
            webhooks=tuple(map(_webhook, analysis.get("webhooks") or ())),
            suspended=spec.get("suspend", False),
            tcp=service.get("appProtocol", "").lower() == "tcp",
            matched=bool(analysis.get("match")),
            ingress=(spec.get("ingressRef") or {}).get("name", ""),
            route=(spec.get("routeRef") or {}).get("name", ""),
        )

    @property
    def routed(self) -> bool:
        """Whether the provider has a route at all; plain Kubernetes has none."""
        return self.provider != "kubernetes"

    @property
    def mirrors(self) -> bool:
        """Whether copies of the traffic are asked for, and the provider's router can send them.

        Istio's cannot on TCP routes, nor where there is a match (``SetRoutes`` writes the routes anew for it).
        """
        if not self.mirror:
            return False
        if self.provider.startswith("gatewayapi"):
            return self.strategy is Strategy.BLUE_GREEN and releases.GATEWAY_MIRRORS.holds(self.flagger)
        return (
            not self.tcp
            and not self.matched
            and (self.provider in _MIRRORING or self.provider.split(":")[0] not in ROUTERS)
        )

    @property
    def blocked(self) -> bool:
        """Whether each check fails, since a metric cannot be asked for."""
        return not all(metric.askable(self.flagger) for metric in self.metrics)

    def played(self, provider: str = "", flagger: Version | None = None) -> Canary:
        """The Canary as Flagger plays it: with the provider that holds where it names none, and by a release.

        Without a mesh there are no weights, and no users who match: it becomes blue/green, with ten iterations if it
        has none (``advanceCanary``).
        """
        made = replace(self, provider=self.provider or provider, flagger=flagger or self.flagger)
        if made.routed or made.skip:
            return made
        return replace(made, strategy=Strategy.BLUE_GREEN, iterations=made.iterations or _FORCED_ITERATIONS)

    def increment(self, weight: int) -> int:
        """What is added to the canary's weight after ``weight`` (``nextStepWeight``); nothing goes on if it is not > 0.

        Listed weights are found by their value, so that a list that does not grow comes to a stand.
        """
        if self.step or not self.steps:
            return self.step
        if weight == TOTAL:
            return 1
        if weight == 0:
            return self.steps[0]
        places = (number for number, step in enumerate(self.steps[:-1]) if step == weight)
        found = next(places, None)
        return TOTAL - weight if found is None else self.steps[found + 1] - weight


def steps(analysis: Mapping[str, Any]) -> tuple[int, ...]:
    """The weights that Flagger gives the canary in turn (``nextStepWeight`` and ``runCanary`` of 1.44.0).

    ``stepWeight`` is added until ``maxWeight`` is reached, and may overshoot it; ``stepWeights`` are taken as
    they stand. Nothing exceeds 100.
    """
    if listed := analysis.get("stepWeights"):
        return tuple(min(TOTAL, weight) for weight in listed)
    step, most = analysis.get("stepWeight", 0), analysis.get("maxWeight") or TOTAL
    weights = (min(TOTAL, weight) for weight in range(step, most + step, step)) if step > 0 else ()
    return tuple(dict.fromkeys(weights))


def strategy(analysis: Mapping[str, Any]) -> Strategy:
    """As ``DeploymentStrategy`` of 1.44.0 tells it."""
    if analysis.get("iterations", 0) > 0:
        return Strategy.AB if analysis.get("match") else Strategy.BLUE_GREEN
    return Strategy.CANARY


def max_weight(analysis: Mapping[str, Any]) -> int:
    """The weight at which the promotion begins."""
    if listed := analysis.get("stepWeights"):
        return min(TOTAL, int(listed[-1]))
    return int(analysis.get("maxWeight") or TOTAL)


def _metric(item: Mapping[str, Any]) -> Metric:
    """``threshold`` is the least success rate, and the most of anything else; the range says it outright."""
    bounds, threshold = item.get("thresholdRange") or {}, item.get("threshold")
    rate = item["name"] == "request-success-rate"
    return Metric(
        name=item["name"],
        interval=item.get("interval", "1m"),
        least=bounds.get("min", threshold if rate else None),
        most=bounds.get("max", None if rate else threshold),
        template=(item.get("templateRef") or {}).get("name", ""),
        query=bool(item.get("query")),
    )


def _webhook(item: Mapping[str, Any]) -> Webhook:
    return Webhook(item["name"], item.get("type") or "rollout", item.get("muteAlert", False))
