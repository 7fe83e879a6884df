"""Flagger's rollout as one table: at each tick the first rule that applies to what is seen decides what comes next.

No input or output, no clock: ``decide`` turns a Canary, its state and one tick's observation into the next state.
The rules stand in the order in which ``advanceCanary`` of Flagger 1.44.0 (``pkg/controller/scheduler.go``) asks
its questions; where an older release does otherwise, ``releases`` says how. docs/rollout.md draws the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from canarylab.model import releases
from canarylab.model.canary import TOTAL, Canary, Strategy

Phase = str
INITIALIZING, INITIALIZED, WAITING, PROGRESSING = "Initializing", "Initialized", "Waiting", "Progressing"
WAITING_PROMOTION, PROMOTING, FINALISING = "WaitingPromotion", "Promoting", "Finalising"
SUCCEEDED, FAILED = "Succeeded", "Failed"

CONFIRM_ROLLOUT, PRE_ROLLOUT, ROLLOUT = "confirm-rollout", "pre-rollout", "rollout"
CONFIRM_TRAFFIC_INCREASE, CONFIRM_PROMOTION = "confirm-traffic-increase", "confirm-promotion"
ROLLBACK, POST_ROLLOUT, EVENT = "rollback", "post-rollout", "event"

_NEW = frozenset({"", INITIALIZING})
_RESTING = frozenset({INITIALIZED, SUCCEEDED, FAILED})
_ANALYSED = frozenset({PROGRESSING, WAITING_PROMOTION})
_PROMOTED = frozenset({PROMOTING, FINALISING})
_EARLY = ("appmesh", "knative", "kubernetes")  # the providers whose route is there, or none is needed, from the start


class Readiness(Enum):
    """A workload as Flagger sees it: all there, still coming, or past its progress deadline."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Route:
    """The canary's share of the traffic in percent, and whether the primary's is mirrored to it."""

    canary: int = 0
    mirrored: bool = False


@dataclass(frozen=True)
class State:
    """A Canary's status, and the route as it stands."""

    phase: Phase = ""
    weight: int = 0
    failed: int = 0
    iteration: int = 0
    route: Route = field(default_factory=Route)


@dataclass(frozen=True)
class Observation:
    """What one tick of Flagger sees. ``closed`` are the webhook types of which one did not pass.

    A ``rollback`` webhook that passes asks for a rollback; it is ``revoked`` then. ``rerouted`` is a tick that finds
    the route other than ``spec.service`` asks for, and writes it anew with all traffic on the primary (#1692).
    """

    changed: bool = False
    primary: Readiness = Readiness.READY
    target: Readiness = Readiness.READY
    closed: frozenset[str] = frozenset()
    revoked: bool = False
    checks: bool = True
    rerouted: bool = False


When = Callable[[Canary, State, Observation], bool]
Then = Callable[[Canary, State], State]


@dataclass(frozen=True)
class Rule:
    """A row of the table: in which phases, on what condition, and the state that comes of it.

    ``note`` says of which releases it is, if not of all.
    """

    name: str
    phases: frozenset[Phase] | None
    when: When
    then: Then
    note: str = ""

    def applies(self, canary: Canary, state: State, seen: Observation) -> bool:
        return (self.phases is None or state.phase in self.phases) and self.when(canary, state, seen)


@dataclass(frozen=True)
class Decision:
    """The rule that applied, and the state after it."""

    rule: str
    state: State


def decide(canary: Canary, state: State, seen: Observation) -> Decision:
    """One tick."""
    if seen.rerouted and canary.routed:
        state = replace(state, route=Route())
    rule = next(one for one in RULES if one.applies(canary, state, seen))
    return Decision(rule.name, rule.then(canary, state))


def _always(_canary: Canary, _state: State, _seen: Observation) -> bool:
    return True


def _stay(_canary: Canary, state: State) -> State:
    return state


def _to(phase: Phase) -> Then:
    """Another phase; weight and iteration start anew where Flagger resets them (``setStatusPhase``)."""

    def then(canary: Canary, state: State) -> State:
        promoting = phase == PROMOTING and releases.PROMOTING_KEEPS_WEIGHT.holds(canary.flagger)
        if phase in (PROGRESSING, WAITING) or promoting:
            return replace(state, phase=phase)
        iteration = canary.iterations - 1 if phase == WAITING_PROMOTION else 0
        return replace(state, phase=phase, weight=0, iteration=iteration)

    return then


def _begin(_canary: Canary, state: State) -> State:
    """A new analysis. The route stays as it is: after a promotion that failed, all traffic is the canary's (#1898)."""
    return State(PROGRESSING, route=state.route)


def _begin_again(_canary: Canary, _state: State) -> State:
    """A new analysis, with all traffic on the primary."""
    return State(PROGRESSING)


def _roll_back(_canary: Canary, _state: State) -> State:
    return State(FAILED)


def _cannot_start(canary: Canary, state: State) -> State:
    """A rollback writes the route first, and ends at that where there is none before the primary is ready."""
    early = canary.provider.split(":")[0] in _EARLY
    return _roll_back(canary, state) if early else _to(INITIALIZING)(canary, state)


def _give_up_promotion(canary: Canary, _state: State) -> State:
    """A primary that fails while it is promoted: the canary is the only healthy copy, and keeps all traffic."""
    if not releases.CANARY_KEEPS_TRAFFIC.holds(canary.flagger):
        return State(FAILED)
    return State(FAILED, weight=TOTAL, route=Route(TOTAL if canary.routed else 0))


def _halt(_canary: Canary, state: State) -> State:
    return replace(state, failed=state.failed + 1)


def _closed(type_: str) -> When:
    """Whether the Canary has webhooks of a type, and one of them does not pass."""
    return lambda canary, _state, seen: type_ in canary.hooks and type_ in seen.closed


def _both(first: When, second: When) -> When:
    return lambda canary, state, seen: first(canary, state, seen) and second(canary, state, seen)


def _primary_failed(canary: Canary, _state: State, seen: Observation) -> bool:
    overdue = seen.primary is Readiness.FAILED and releases.DEADLINE_ENDS.holds(canary.flagger)
    return overdue and not canary.skip


def _primary_waits(canary: Canary, _state: State, seen: Observation) -> bool:
    """Before 1.36.1 a primary past its deadline is waited for as well."""
    return not canary.skip and seen.primary is not Readiness.READY


def _canary_failed(canary: Canary, state: State, seen: Observation) -> bool:
    """Before 1.36.1 a canary past its deadline does not keep a promotion from going on."""
    ends = releases.DEADLINE_ENDS.holds(canary.flagger) or state.phase in _ANALYSED
    return seen.target is Readiness.FAILED and ends


def _asked_each_tick(canary: Canary, _state: State, _seen: Observation) -> bool:
    """Before 1.31.0 confirm-rollout is asked at every tick of a rollout (#1414)."""
    return CONFIRM_ROLLOUT in canary.hooks and not releases.APPROVED_ONCE.holds(canary.flagger)


def _suspended(canary: Canary, _state: State, _seen: Observation) -> bool:
    return canary.suspended and releases.SUSPENDS.holds(canary.flagger)


def unseen(canary: Canary, state: State) -> bool:
    """Nothing has reached the canary yet, so that there is nothing to check."""
    return state.route.canary == 0 and state.iteration == 0 and not (canary.mirror and state.route.mirrored)


def _unseen(canary: Canary, state: State, _seen: Observation) -> bool:
    return unseen(canary, state)


def _check_fails(canary: Canary, state: State, seen: Observation) -> bool:
    if unseen(canary, state):
        return False
    return not seen.checks or canary.blocked or _closed(ROLLOUT)(canary, state, seen)


def _more_iterations(canary: Canary, state: State, _seen: Observation) -> bool:
    return canary.strategy is not Strategy.CANARY and canary.iterations > state.iteration


def _iterate(canary: Canary, state: State) -> State:
    """A/B: all that matches goes to the canary. Blue/green: nothing does, or what goes to the primary is copied."""
    route = state.route
    if canary.strategy is Strategy.AB:
        route = Route(TOTAL)
    elif canary.mirror and canary.routed:
        route = Route(0, mirrored=canary.mirrors)
    return replace(state, iteration=state.iteration + 1, route=route)


def _no_step(canary: Canary, state: State, _seen: Observation) -> bool:
    """Flagger neither advances nor promotes where the next step is none, or leads down."""
    return canary.strategy is Strategy.CANARY and canary.increment(state.route.canary) <= 0


def _more_weight(canary: Canary, state: State, _seen: Observation) -> bool:
    return canary.strategy is Strategy.CANARY and state.route.canary < canary.max_weight


def increase_is_asked(canary: Canary, state: State) -> bool:
    """A confirm-traffic-increase gate is asked while the weight is to grow or the promotion is to begin."""
    phases = {PROGRESSING} if releases.HELD_WHILE_PROGRESSING.holds(canary.flagger) else _ANALYSED
    return canary.strategy is Strategy.CANARY and not state.route.mirrored and state.phase in phases


def _held(canary: Canary, state: State, seen: Observation) -> bool:
    return increase_is_asked(canary, state) and _closed(CONFIRM_TRAFFIC_INCREASE)(canary, state, seen)


def _advance(canary: Canary, state: State) -> State:
    """The next weight; with a mirror one tick of copies comes first, and never ends where none can be sent."""
    if canary.mirror and state.route == Route():
        return replace(state, weight=0, route=Route(0, mirrored=canary.mirrors))
    weight = min(TOTAL, state.route.canary + canary.increment(state.route.canary))
    return replace(state, weight=weight, route=Route(weight))


def _ask_again(canary: Canary, state: State) -> State:
    """A promotion that goes on waiting (``runConfirmPromotionHooks``)."""
    return replace(state, iteration=canary.iterations - 1)


def _iterated(canary: Canary, state: State, _seen: Observation) -> bool:
    return canary.strategy is Strategy.BLUE_GREEN and state.iteration == canary.iterations


def _switch(canary: Canary, state: State) -> State:
    """Blue/green: all traffic to the canary, once."""
    route = Route(TOTAL) if canary.routed else state.route
    return replace(state, iteration=state.iteration + 1, route=route)


def _shift_back(canary: Canary, state: State) -> State:
    """To the primary: at once, or by ``stepWeightPromotion``, which moves nothing where the canary has nothing."""
    finalised = _to(FINALISING)(canary, replace(state, route=Route()))
    if not canary.routed or not canary.step_promotion:
        return finalised
    if state.route.canary == 0:
        return state
    left = max(0, state.route.canary - canary.step_promotion)
    return replace(state, weight=left, route=Route(left)) if left else finalised


RULES: tuple[Rule, ...] = (
    Rule("suspended", None, _suspended, _stay, "since 1.32"),
    Rule("the primary cannot start", _NEW, _primary_failed, _cannot_start, "since 1.36.1"),
    Rule("wait for the primary", _NEW, _primary_waits, _to(INITIALIZING)),
    Rule("wait for approval", _NEW, _both(_asked_each_tick, _closed(CONFIRM_ROLLOUT)), _to(WAITING), "before 1.31"),
    Rule("initialised", _NEW, _always, lambda _canary, _state: State(INITIALIZED)),
    Rule("rest", _RESTING, lambda _canary, _state, seen: not seen.changed, _stay),
    Rule("wait for approval", None, _both(_asked_each_tick, _closed(CONFIRM_ROLLOUT)), _to(WAITING), "before 1.31"),
    Rule("approved", frozenset({WAITING}), _asked_each_tick, _to(PROGRESSING), "before 1.31"),
    Rule("the promotion failed", _PROMOTED, _primary_failed, _give_up_promotion, "since 1.36.1"),
    Rule("the primary failed", None, _primary_failed, _roll_back, "since 1.36.1"),
    Rule("wait for the primary", None, _primary_waits, _stay),
    Rule("wait for approval", _RESTING | {WAITING}, _closed(CONFIRM_ROLLOUT), _to(WAITING)),
    Rule("new revision", _RESTING | {WAITING}, _always, _begin),
    Rule("restart", _ANALYSED, lambda _canary, _state, seen: seen.changed, _begin_again),
    Rule("the canary cannot start", None, _canary_failed, _roll_back),
    Rule("wait for the canary", None, lambda _c, _s, seen: seen.target is Readiness.WAITING, _stay),
    Rule("skip the analysis", None, lambda canary, _s, _o: canary.skip, lambda _c, _s: State(SUCCEEDED)),
    Rule("rollback is asked for", _ANALYSED, lambda c, _s, seen: ROLLBACK in c.hooks and seen.revoked, _roll_back),
    Rule("route back", frozenset({PROMOTING}), _always, _shift_back),
    Rule("finish", frozenset({FINALISING}), _always, _to(SUCCEEDED)),
    Rule("threshold reached", _ANALYSED, lambda canary, state, _o: state.failed >= canary.threshold, _roll_back),
    Rule("pre-rollout fails", _ANALYSED, _both(_unseen, _closed(PRE_ROLLOUT)), _halt),
    Rule("halt", _ANALYSED, _check_fails, _halt),
    Rule("iterate", _ANALYSED, _more_iterations, _iterate),
    Rule("no step to take", _ANALYSED, _no_step, _stay),
    Rule("hold", _ANALYSED, _held, _stay),
    Rule("advance", _ANALYSED, _more_weight, _advance),
    Rule("wait for promotion", frozenset({PROGRESSING}), _closed(CONFIRM_PROMOTION), _to(WAITING_PROMOTION)),
    Rule("wait for promotion", frozenset({WAITING_PROMOTION}), _closed(CONFIRM_PROMOTION), _ask_again),
    Rule("switch", _ANALYSED, _iterated, _switch),
    Rule("promote", _ANALYSED, _always, _to(PROMOTING)),
)  # fmt: skip
