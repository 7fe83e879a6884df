"""The chapters of a rollout: the stages that a Canary came to, and how many checks the model has between them. Pure.

Chapters are counted in checks of the model, not in seconds, so that two recordings of the same rollout agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from canarylab.model import expectation
from canarylab.model.canary import Canary
from canarylab.model.expectation import TERMINAL, Expectation, Stage
from canarylab.model.timeline import CanarySeen, Timeline
from canarylab.record.capture import Turn

AT_REST = frozenset({"", "Initializing", "Initialized", *TERMINAL})
_TITLES = {
    "Succeeded": "Succeeded",
    "Failed": "rolled back",
    "Waiting": "waiting for approval",
    "WaitingPromotion": "waiting for promotion",
}
Step = tuple[Stage, Stage]


def of(seen: Timeline, known: Mapping[Step, int], interval: float) -> Iterator[Turn]:
    """What happened from the first revision on that was shipped while somebody looked.

    ``known`` are the checks between two stages, 1 where it has none; ``interval`` the seconds between two checks.
    """
    before = None
    for one in seen.of(CanarySeen):
        stage = replace(one.stage, iteration=max(0, one.iterations))
        if stage != before and _told(before, stage):
            count = known.get((before, stage), 1) if before else 1
            yield Turn(one.at, title(stage, before), count, interval, stage.phase, stage.weight, stage.failed)
        before = stage


def _told(before: Stage | None, stage: Stage) -> bool:
    """Whether a stage is of a rollout: under way, or its end."""
    return stage.phase not in AT_REST or (before is not None and before.phase not in AT_REST)


def title(stage: Stage, before: Stage | None = None) -> str:
    """``weight 20%``, ``iteration 3``, ``rolled back``; ``weight 10%, 1 check failed`` where it just did."""
    told = _TITLES.get(stage.phase, stage.phase)
    if stage.phase == "Progressing":
        told = f"weight {stage.weight}%" if stage.weight else "new revision"
        told = f"iteration {stage.iteration}" if stage.iteration else told
    if stage.phase in TERMINAL or stage.failed <= (before.failed if before else 0):
        return told
    return f"{told}, {stage.failed} check{'s' * (stage.failed != 1)} failed"


def checks(canary: Canary) -> Mapping[Step, int]:
    """The checks between stages that follow each other, as the model has them: all pass, or fail from some step on."""
    steps = canary.steps or range(1, canary.iterations + 1)
    return between([expectation.promotion(canary), *(expectation.rollback(canary, at) for at in steps)])


def between(plans: Iterable[Expectation]) -> Mapping[Step, int]:
    """The same of plans that are there."""
    return {pair: count for plan in plans for pair, count in _pairs(plan)}


def _pairs(plan: Expectation) -> Iterator[tuple[Step, int]]:
    last, *rest = plan.steps
    for one in rest:
        if one.stage != last.stage:
            yield (last.stage, one.stage), one.tick - last.tick
            last = one
