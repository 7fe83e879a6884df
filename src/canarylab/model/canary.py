"""A Flagger Canary as the numbers that decide its timeline, read from the object in the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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

    ``steps`` are the canary's weights in turn, in percent of the traffic.
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
    steps: tuple[int, ...]
    metrics: tuple[Metric, ...]

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
            threshold=analysis.get("threshold", 0),
            deadline=spec.get("progressDeadlineSeconds", _DEADLINE),
            steps=steps(analysis),
            metrics=tuple(_metric(one) for one in analysis.get("metrics") or ()),
        )


def steps(analysis: Mapping[str, Any]) -> tuple[int, ...]:
    """The weights that Flagger gives the canary in turn (``nextStepWeight`` and ``runCanary`` of 1.44.0).

    ``stepWeight`` is added until ``maxWeight`` is reached, and may overshoot it; ``stepWeights`` are taken as
    they stand. Nothing exceeds 100.
    """
    if listed := analysis.get("stepWeights"):
        return tuple(min(TOTAL, weight) for weight in listed)
    step, most = analysis.get("stepWeight", 0), analysis.get("maxWeight") or TOTAL
    return tuple(min(TOTAL, weight) for weight in range(step, most + step, step)) if step else ()


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
