"""What a rollout will be: the table of ``rollout`` run over an assumption about checks, gates and revisions.

Ticks that only wait for pods are not planned, since they change nothing: a plan counts the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from canarylab.model.canary import Canary
from canarylab.model.hooks import ROLLED_BACK, calls
from canarylab.model.rollout import (
    FAILED,
    FINALISING,
    INITIALIZED,
    PROGRESSING,
    PROMOTING,
    ROLLBACK,
    SUCCEEDED,
    Decision,
    Observation,
    Readiness,
    State,
    decide,
)

_MOST_TICKS = 1000
ENDLESS = -1  # a webhook that never passes
GATES = ("wait for approval", "hold", "wait for promotion")  # the rules by which a closed gate holds a rollout
# The rules after which Flagger has taken note of the target as it is: another revision would be news again.
_NOTED = ROLLED_BACK | {"initialised", "new revision", "restart", "the promotion failed"}


@dataclass(frozen=True)
class Assumption:
    """What each tick will see. ``checks`` tells of a state whether its checks pass, ``startable`` whether the
    canary's pods get ready in time, or stay so, ``promotable`` the same of the primary's while it is promoted.

    ``closed`` maps a webhook type to how many of its asks do not pass, ``revisions`` to the ticks (counted from 1)
    at which another revision is there, beside the first; ``revoked_at`` is the tick of a rollback webhook;
    ``rerouted`` are the ticks that find ``spec.service`` edited, and write the route anew.
    """

    checks: Callable[[State], bool] = lambda _state: True
    closed: tuple[tuple[str, int], ...] = ()
    revisions: frozenset[int] = frozenset()
    revoked_at: int = 0
    startable: Callable[[State], bool] = lambda _state: True
    promotable: Callable[[State], bool] = lambda _state: True
    rerouted: frozenset[int] = frozenset()


ALL_PASS = Assumption()


@dataclass(frozen=True)
class Plan:
    """A rollout's ticks, from the one that finds the new revision to the end, and what each of them saw.

    ``waits`` is the rule that keeps it from ending, where it has no end.
    """

    canary: Canary
    start: State
    ticks: tuple[Decision, ...]
    seen: tuple[Observation, ...] = ()
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
    run = _Run(canary, assumed, start or State(INITIALIZED))
    while len(run.ticks) < _MOST_TICKS and not run.over:
        run.tick()
    return Plan(canary, run.start, tuple(run.ticks), tuple(run.seen), run.waits)


class _Run:
    """A rollout on its way; ``over`` when it has ended, or goes round in a circle."""

    def __init__(self, canary: Canary, assumed: Assumption, start: State) -> None:
        self._canary, self._assumed, self.start = canary, assumed, start
        self._state, self._left, self._news = start, dict(assumed.closed), True
        self._last_event = max((0, assumed.revoked_at, *assumed.revisions, *assumed.rerouted))
        self._known = {self._key(): 0}
        self.ticks, self.seen = list[Decision](), list[Observation]()
        self.over, self.waits = False, ""

    def tick(self) -> None:
        number = len(self.ticks) + 1
        self._news = self._news or number in self._assumed.revisions
        seen = self._observation(number)
        decision = decide(self._canary, self._state, seen)
        for type_ in {one.webhook.type for one in calls(self._canary, self._state, seen, decision) if not one.passes}:
            self._left = {name: left - (name == type_ and left > 0) for name, left in self._left.items()}
        self._news = self._news and decision.rule not in _NOTED
        self._state = decision.state
        self.ticks.append(decision)
        self.seen.append(seen)
        self._look(number)

    def _look(self, number: int) -> None:
        """Whether it is over: at rest with nothing new, or where it was before and nothing else is to come."""
        key = self._key()
        self.over = self._state.phase in (SUCCEEDED, FAILED) and not self._news
        if not self.over and key in self._known and number > self._last_event:
            circle = [one.rule for one in self.ticks[self._known[key] :]]
            self.over, self.waits = True, next((rule for rule in circle if rule in GATES), circle[-1])
        if number >= self._last_event:
            self._known.setdefault(key, number)
        if number == _MOST_TICKS and not self.over:
            self.waits = self.ticks[-1].rule

    def _key(self) -> tuple[object, ...]:
        return self._state, tuple(self._left.values()), self._news

    def _observation(self, tick: int) -> Observation:
        assumed, state = self._assumed, self._state
        seen = Observation(
            changed=self._news,
            closed=frozenset(type_ for type_, left in self._left.items() if left),
            revoked=self._left.get(ROLLBACK, ENDLESS) == 0 or 0 < assumed.revoked_at <= tick,
            checks=assumed.checks(state),
            rerouted=tick in assumed.rerouted,
        )
        if state.phase == PROGRESSING and not assumed.startable(state):
            return replace(seen, target=Readiness.FAILED)
        if state.phase in (PROMOTING, FINALISING) and not assumed.promotable(state):
            return replace(seen, primary=Readiness.FAILED)
        return seen
