"""What a rollout's record has to show, taken from its plan: stages and routes in order, and a bound in seconds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from canarylab.model import plan
from canarylab.model.canary import Canary
from canarylab.model.plan import Assumption, Plan
from canarylab.model.rollout import FAILED, SUCCEEDED, State

PROMOTED, ROLLED_BACK, STUCK = "promoted", "rolled back", "left waiting"
TERMINAL = {SUCCEEDED: PROMOTED, FAILED: ROLLED_BACK}
_LATE = 2  # ticks: the one that was just missed, and one more


@dataclass(frozen=True)
class Stage:
    """What the Canary's status says at one time: phase, the canary's weight, failed checks, iteration."""

    phase: str
    weight: int = 0
    failed: int = 0
    iteration: int = 0

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        iteration = f" #{self.iteration}" if self.iteration else ""
        return f"{self.phase} {self.weight}%{iteration}{failed}"


@dataclass(frozen=True)
class Step:
    """A stage, the tick in which it comes (0 for the one at the start), and the route's weight from then on."""

    tick: int
    stage: Stage
    weight: int


@dataclass(frozen=True)
class Expectation:
    """An outcome, every stage on the way to it, and every weight that the route gives the canary, in order.

    ``steps`` are the same with their ticks, ``plan`` is where it was taken from.
    """

    outcome: str
    stages: tuple[Stage, ...]
    route: tuple[int, ...]
    ticks: int
    steps: tuple[Step, ...] = ()
    plan: Plan | None = field(default=None, compare=False, repr=False)


def expect(canary: Canary, assumed: Assumption = plan.ALL_PASS, start: State | None = None) -> Expectation:
    """What a new revision comes to under an assumption."""
    return of(plan.make(canary, assumed, start))


def of(planned: Plan) -> Expectation:
    """A plan, as a record shows it."""
    states = planned.states  # two of them may look alike in the status, or in the route
    stages = tuple(one for one, _ in itertools.groupby(map(stage, states)))
    route = tuple(weight for weight, _ in itertools.groupby(state.route.canary for state in states))
    outcome = STUCK if planned.waits else TERMINAL[planned.end.phase]
    return Expectation(outcome, stages, route, len(planned.ticks), tuple(_steps(planned)), planned)


def _steps(planned: Plan) -> Iterator[Step]:
    """Where a tick changes something."""
    states = [planned.start, *(tick.state for tick in planned.ticks)]
    for tick, state in enumerate(states):
        if tick == 0 or state != states[tick - 1]:
            yield Step(tick, stage(state), state.route.canary)


def stage(state: State) -> Stage:
    """A state without its route."""
    return Stage(state.phase, state.weight, state.failed, state.iteration)


def promotion(canary: Canary) -> Expectation:
    """All checks pass and all gates are open."""
    return expect(canary)


def rollback(canary: Canary, at: int | None = None) -> Expectation:
    """Every check at weight ``at`` fails (the first, if none is named) until the threshold is reached.

    Where there are no weights, ``at`` is an iteration.
    """
    last = at if at is not None else (canary.steps[0] if canary.steps else 1)

    def checks(state: State) -> bool:
        return (state.weight if canary.steps else state.iteration) < last

    return expect(canary, Assumption(checks=checks))


def bound(canary: Canary, extra_ticks: int = 0) -> float:
    """Seconds after which a rollout that is watched has ended, whichever way, or is stuck.

    Every tick of a promotion may come, and every failed check on a tick of its own; the target and the primary
    may each take their progress deadline to become ready; the first tick may be late. ``extra_ticks`` are those
    that a test itself holds the rollout up for, by a gate or another revision.
    """
    ticks = len(plan.make(canary).ticks) + canary.threshold + _LATE + extra_ticks
    return ticks * canary.interval + 2 * canary.deadline
