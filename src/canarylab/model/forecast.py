"""When each tick of a plan comes, at the earliest and at the latest, and what leaves Flagger in it. Pure.

The first tick comes within one interval after the trigger. Where pods have to become ready, ticks of waiting come
first: none where they are ready by the next tick, as many as the progress deadline holds where they take that long.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from canarylab.model.canary import Canary, Strategy
from canarylab.model.plan import Plan
from canarylab.model.rollout import State
from canarylab.model.said import Told, tell

# The rules after which pods have to become ready, and those that come when they have not.
READYING = {"new revision": "canary", "approved": "canary", "restart": "canary", "promote": "primary"}
OVERDUE = {"the canary cannot start": "canary", "the primary failed": "primary", "the promotion failed": "primary"}


@dataclass(frozen=True)
class Tick:
    """A tick: ``best`` and ``worst`` seconds after the trigger, the rule, the state after it, and what leaves Flagger.

    ``waits`` names the workload whose pods have to be ready first, "" where none has.
    """

    number: int
    best: float
    worst: float
    rule: str
    state: State
    told: Told
    waits: str = ""


@dataclass(frozen=True)
class Forecast:
    """A plan with its times."""

    plan: Plan
    ticks: tuple[Tick, ...]

    @property
    def canary(self) -> Canary:
        return self.plan.canary


def make(plan: Plan, ready: tuple[float, float] | None = None) -> Forecast:
    """``ready``: the seconds that pods take to become ready, least and most; 0 to the deadline if none is given."""
    return Forecast(plan, tuple(_ticks(plan, ready or (0.0, float(plan.canary.deadline)))))


def _ticks(plan: Plan, ready: tuple[float, float]) -> Iterator[Tick]:
    interval = plan.canary.interval
    best, worst, before, last = -interval, 0.0, plan.start, ""
    for number, (decision, seen) in enumerate(zip(plan.ticks, plan.seen, strict=True), start=1):
        waits = _waits(plan.canary, last, decision.rule)
        least, most = _waiting(plan.canary, decision.rule, ready) if waits else (0, 0)
        best, worst = best + (1 + least) * interval, worst + (1 + most) * interval
        told = tell(plan.canary, before, seen, decision)
        yield Tick(number, best, worst, decision.rule, decision.state, told, waits)
        before, last = decision.state, decision.rule


def _waits(canary: Canary, last: str, rule: str) -> str:
    """Whose pods have to be ready, or past their deadline, for this tick; a Service has none."""
    if canary.kind == "Service":
        return ""
    if canary.skip and READYING.get(last) == "primary":
        return ""
    return READYING.get(last) or OVERDUE.get(rule, "")


def _waiting(canary: Canary, rule: str, ready: tuple[float, float]) -> tuple[int, int]:
    """Ticks that find pods not ready, least and most."""
    if rule in OVERDUE:
        most = math.ceil(canary.deadline / canary.interval)
        return max(0, most - 1), most
    least, most = (max(0, math.ceil(seconds / canary.interval) - 1) for seconds in ready)
    return least, most


def strategy(canary: Canary) -> str:
    """``canary by 10% > 20%``: the strategy in a few words."""
    mirrored = ", mirrored" if canary.mirrors else ""
    if canary.skip:
        return "no analysis"
    if canary.strategy is Strategy.CANARY:
        return f"canary by {' > '.join(f'{step}%' for step in canary.steps) or 'no step'}{mirrored}"
    return f"{canary.strategy.value} with {canary.iterations} iteration{'s' * (canary.iterations != 1)}{mirrored}"
