"""A Flagger Canary as the numbers that decide its timeline, read from the object in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from canarylab.errors import UsageError

FLOOR = 10.0  # seconds: Flagger never analyses more often (reference: its scheduler's control loop, 1.44.0)
TOTAL = 100  # the weight of all traffic
_DEADLINE = 600  # seconds: progressDeadlineSeconds where the Canary gives none (Flagger's CRD)
_INTERVAL = re.compile(r"(\d+)([ms])")
_SECONDS = {"s": 1.0, "m": 60.0}


def seconds(interval: str) -> float:
    """``30s`` or ``1m`` in seconds, the two forms that Flagger's CRD admits; UsageError for another."""
    match = _INTERVAL.fullmatch(interval)
    if match is None:
        raise UsageError(f"{interval!r} is no interval", next_step="write it like 30s or 1m")
    return int(match[1]) * _SECONDS[match[2]]


class Strategy(Enum):
    """How a new revision meets the users: by growing weights, by iterations on matching ones, or all at once."""

    CANARY = "canary"
    AB = "A/B"
    BLUE_GREEN = "blue/green"


@dataclass(frozen=True)
class Metric:
    """A check of the analysis: its name, the window that it looks back over, and its limits."""

    name: str
    interval: str
    least: float | None
    most: float | None
    template: str = ""


@dataclass(frozen=True)
class Canary:
    """What of a Canary decides how its rollout goes. ``interval`` is in seconds, ``deadline`` as well.

    ``steps`` are the canary's weights in turn, in percent of the traffic; ``hooks`` the types of its webhooks.
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
            interval=max(FLOOR, seconds(analysis.get("interval", "10s"))),
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
        )

    @property
    def routed(self) -> bool:
        """Whether the provider has a route at all; plain Kubernetes has none."""
        return self.provider != "kubernetes"

    def next_weight(self, weight: int) -> int:
        """The canary's weight after ``weight``; everything where the steps know no further."""
        return next((step for step in self.steps if step > weight), TOTAL)


def steps(analysis: Mapping[str, Any]) -> tuple[int, ...]:
    """The weights that Flagger gives the canary in turn (``nextStepWeight`` and ``runCanary`` of 1.44.0).

    ``stepWeight`` is added until ``maxWeight`` is reached, and may overshoot it; ``stepWeights`` are taken as
    they stand. Nothing exceeds 100.
    """
    if listed := analysis.get("stepWeights"):
        return tuple(min(TOTAL, weight) for weight in listed)
    step, most = analysis.get("stepWeight", 0), analysis.get("maxWeight") or TOTAL
    return tuple(min(TOTAL, weight) for weight in range(step, most + step, step)) if step else ()


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
    )
