"""What a rollout will be: the table of ``rollout`` run over an assumption about checks, gates and revisions.

Ticks that only wait for pods are not planned, since they change nothing: a plan counts the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from canarylab.model.canary import Canary, Strategy
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
class Closed:
    """Webhooks of a type that refuse so many ``times``, from the weight or iteration ``since`` on; before it, and after
    the last refusal, they let the rollout go on. For those of type rollback that last is a pass, which rolls back.
    """

    gate: str
    times: int = ENDLESS
    since: int = 0

    @property
    def refuses(self) -> bool:
        return self.since == 0 and self.times != 0

    @property
    def opened(self) -> bool:
        return self.since == 0 and self.times == 0

    def reached(self, place: int) -> Closed:
        """The same where the rollout has come to a place: once it refuses, it does so wherever the weight goes."""
        return replace(self, since=0) if place >= self.since else self

    def asked(self) -> Closed:
        """The same after one refusal."""
        return replace(self, times=self.times - 1) if self.refuses and self.times > 0 else self


@dataclass(frozen=True)
class Assumption:
    """What each tick will see. ``checks`` tells of a state whether its checks pass, ``startable`` whether the
    canary's pods get ready in time, or stay so, ``promotable`` the same of the primary's while it is promoted.

    ``closed`` are the gates that refuse; ``revisions`` the ticks (counted from 1) at which another revision is there,
    beside the first; ``revoked_at`` is the tick of a rollback webhook, ``failing_at`` that from which on checks fail;
    ``rerouted`` are the ticks that find ``spec.service`` edited, and write the route anew.
    """

    checks: Callable[[State], bool] = lambda _state: True
    closed: tuple[Closed, ...] = ()
    revisions: frozenset[int] = frozenset()
    revoked_at: int = 0
    failing_at: int = 0
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


def place(canary: Canary, state: State) -> int:
    """How far a rollout has come: the canary's weight in the route, or its iteration where there are no weights."""
    return state.route.canary if canary.strategy is Strategy.CANARY else state.iteration


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
        self._state, self._gates, self._news = start, assumed.closed, True
        self._last_event = max((assumed.revoked_at, assumed.failing_at, *assumed.revisions, *assumed.rerouted))
        self._known = {self._key(): 0}
        self.ticks, self.seen = list[Decision](), list[Observation]()
        self.over, self.waits = False, ""

    def tick(self) -> None:
        number, here = len(self.ticks) + 1, place(self._canary, self._state)
        self._gates = tuple(one.reached(here) for one in self._gates)
        self._news = self._news or number in self._assumed.revisions
        seen = self._observation(number)
        decision = decide(self._canary, self._state, seen)
        refused = {one.webhook.type for one in calls(self._canary, self._state, seen, decision) if not one.passes}
        self._gates = tuple(one.asked() if one.gate in refused else one for one in self._gates)
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
        return self._state, self._gates, self._news

    def _observation(self, tick: int) -> Observation:
        assumed, state = self._assumed, self._state
        seen = Observation(
            changed=self._news,
            closed=frozenset(one.gate for one in self._gates if one.refuses),
            revoked=self._revoked or 0 < assumed.revoked_at <= tick,
            checks=assumed.checks(state) and not 0 < assumed.failing_at <= tick,
            rerouted=tick in assumed.rerouted,
        )
        if state.phase == PROGRESSING and not assumed.startable(state):
            return replace(seen, target=Readiness.FAILED)
        if state.phase in (PROMOTING, FINALISING) and not assumed.promotable(state):
            return replace(seen, primary=Readiness.FAILED)
        return seen

    @property
    def _revoked(self) -> bool:
        return any(one.gate == ROLLBACK and one.opened for one in self._gates)
