"""What a rollout's record has to show, computed from the Canary alone: its statuses and routes, in order.

Sources: Flagger 1.44.0, ``pkg/controller/scheduler.go`` (``advanceCanary``, ``runCanary``, ``rollback``).
"""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.model.canary import Canary

PROMOTED, ROLLED_BACK = "promoted", "rolled back"
SUCCEEDED, FAILED = "Succeeded", "Failed"
TERMINAL = {SUCCEEDED: PROMOTED, FAILED: ROLLED_BACK}
# Ticks of a promotion beside one for each step: detect, copy the template, route back, finish.
_OTHER_TICKS = 4


@dataclass(frozen=True)
class Stage:
    """What the Canary's status says at one time: phase, the canary's weight, failed checks so far."""

    phase: str
    weight: int = 0
    failed: int = 0

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.phase} {self.weight}%{failed}"


@dataclass(frozen=True)
class Expectation:
    """An outcome, every stage on the way to it, and every weight that the route gives the canary, in order."""

    outcome: str
    stages: tuple[Stage, ...]
    route: tuple[int, ...]
    ticks: int


def promotion(canary: Canary) -> Expectation:
    """All checks pass: each weight once, no failed check, then the primary takes over."""
    weights = tuple(Stage("Progressing", weight) for weight in canary.steps)
    last = canary.steps[-1] if canary.steps else 0
    ending = (Stage("Promoting", last), Stage("Finalising"), Stage(SUCCEEDED))
    stages = (Stage("Initialized"), Stage("Progressing"), *weights, *ending)
    return Expectation(PROMOTED, stages, (0, *canary.steps, 0), len(canary.steps) + _OTHER_TICKS)


def rollback(canary: Canary, at: int | None = None) -> Expectation:
    """Every check at weight ``at`` fails (the first weight if none is named) until the threshold is reached."""
    passed = canary.steps[: canary.steps.index(at) + 1] if at is not None else canary.steps[:1]
    weights = tuple(Stage("Progressing", weight) for weight in passed)
    failing = tuple(Stage("Progressing", passed[-1], failed) for failed in range(1, canary.threshold + 1))
    stages = (Stage("Initialized"), Stage("Progressing"), *weights, *failing, Stage(FAILED))
    return Expectation(ROLLED_BACK, stages, (0, *passed, 0), 1 + len(passed) + canary.threshold + 1)


def bound(canary: Canary) -> float:
    """Seconds after which a rollout that is watched has ended, whichever way, or is stuck.

    Each step may come, and each failed check, on a tick of its own; the target and the primary may each take
    their progress deadline to become ready; a tick may begin as much as an interval late.
    """
    ticks = len(canary.steps) + canary.threshold + _OTHER_TICKS + 2
    return ticks * canary.interval + 2 * canary.deadline
