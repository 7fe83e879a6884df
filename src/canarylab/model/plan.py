"""What a rollout will be: the table of ``rollout`` run over an assumption about checks, gates and revisions.

Ticks that only wait for pods are not planned, since they change nothing: a plan counts the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from canarylab.model.canary import Canary
from canarylab.model.rollout import (
    FAILED,
    INITIALIZED,
    SUCCEEDED,
    Decision,
    Observation,
    Readiness,
    State,
    decide,
)

_MOST_TICKS = 1000


@dataclass(frozen=True)
class Assumption:
    """What each tick will see. ``checks`` tells of a state whether its checks pass, ``startable`` whether the
    canary's pods get ready in time, or stay so.

    ``closed`` maps a webhook type to how many of its asks do not pass, ``revisions`` to the ticks (counted from 1)
    at which another revision is there, beside the first; ``revoked_at`` is the tick of a rollback webhook.
    """

    checks: Callable[[State], bool] = lambda _state: True
    closed: tuple[tuple[str, int], ...] = ()
    revisions: frozenset[int] = frozenset()
    revoked_at: int = 0
    startable: Callable[[State], bool] = lambda _state: True


ALL_PASS = Assumption()


@dataclass(frozen=True)
class Plan:
    """A rollout's ticks, from the one that finds the new revision to the end; ``waits`` where it has none."""

    start: State
    ticks: tuple[Decision, ...]
    waits: str = ""

    @property
    def end(self) -> State:
        return self.ticks[-1].state if self.ticks else self.start

    @property
    def states(self) -> tuple[State, ...]:
        """Every state, once as long as it lasts."""
        told = [self.start]
        for tick in self.ticks:
            if tick.state != told[-1]:
                told.append(tick.state)
        return tuple(told)


def make(canary: Canary, assumed: Assumption = ALL_PASS, start: State | None = None) -> Plan:
    """The plan of a new revision that meets a Canary at rest."""
    begin = start or State(INITIALIZED)
    state, ticks, shut = begin, list[Decision](), dict(assumed.closed)
    while len(ticks) < _MOST_TICKS:
        seen = _observation(assumed, state, len(ticks) + 1, shut)
        decision = decide(canary, state, seen)
        stuck = decision.state == state and _endless(decision, shut)
        ticks.append(decision)
        if stuck:
            return Plan(begin, tuple(ticks), waits=decision.rule)
        shut = _asked(decision, shut)
        state = decision.state
        if state.phase in (SUCCEEDED, FAILED):
            return Plan(begin, tuple(ticks))
    return Plan(begin, tuple(ticks), waits=ticks[-1].rule)


ENDLESS = -1  # a webhook that never passes
_ASKED_BY = {
    "wait for approval": "confirm-rollout",
    "hold": "confirm-traffic-increase",
    "wait for promotion": "confirm-promotion",
    "pre-rollout fails": "pre-rollout",
}


def _observation(assumed: Assumption, state: State, tick: int, shut: dict[str, int]) -> Observation:
    seen = Observation(
        changed=tick == 1 or tick in assumed.revisions,
        closed=frozenset(type_ for type_, left in shut.items() if left),
        revoked=bool(assumed.revoked_at) and tick >= assumed.revoked_at,
        checks=assumed.checks(state),
    )
    if state.phase == "Progressing" and not assumed.startable(state):
        return replace(seen, target=Readiness.FAILED)
    return seen


def _asked(decision: Decision, shut: dict[str, int]) -> dict[str, int]:
    """One refusal less to come from the webhook that refused."""
    type_ = _ASKED_BY.get(decision.rule, "")
    return {name: left - (name == type_ and left > 0) for name, left in shut.items()}


def _endless(decision: Decision, shut: dict[str, int]) -> bool:
    return shut.get(_ASKED_BY.get(decision.rule, ""), 0) == ENDLESS
