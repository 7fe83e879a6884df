"""Holds a record against Flagger's table: is there any run of ``rollout.decide`` that shows exactly this record?

What each tick of Flagger saw is not known, so everything that it may have seen is tried, and every state that can
hide behind the record so far is kept: the route is part of a state and none of the Canary's status. Status and
route come by two watches, so only the order within each of them counts. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from canarylab.model import releases
from canarylab.model.canary import TOTAL, Canary, Strategy
from canarylab.model.expectation import Stage, stage
from canarylab.model.rollout import (
    FAILED,
    INITIALIZED,
    SUCCEEDED,
    WAITING,
    WAITING_PROMOTION,
    Observation,
    Readiness,
    Route,
    State,
    decide,
)

_RESTING = frozenset({"", INITIALIZED, SUCCEEDED, FAILED, WAITING})


@dataclass(frozen=True)
class Unexplained:
    """A step of the record to which no tick of Flagger leads, and those to which one does."""

    what: str
    before: str
    after: str
    possible: tuple[str, ...]

    def __str__(self) -> str:
        told = ", ".join(self.possible) or "nothing else"
        return f"{self.what}: {self.before} > {self.after}; from there Flagger's table leads to {told}"


@dataclass(frozen=True)
class _Place:
    """A state that may hide behind the record, and how many of its stages and of its routes have been shown."""

    state: State
    stages: int
    routes: int


def unexplained(
    canary: Canary, stages: Sequence[Stage], routes: Sequence[int] | None = None, *, settled: bool = True
) -> Unexplained | None:
    """The first step that cannot be, in the stages alone or in stages and route together; None if there is none.

    ``routes`` are the canary's weights in the route; None where they were not seen. A record that is not
    ``settled`` was cut off at any moment, so that stages or route may be one step behind the other.
    """
    if not stages:
        return None
    alone = _furthest(canary, stages, None)
    if max(one.stages for one in alone) < len(stages):
        return _wrong_stage(canary, stages, alone)
    if not routes:
        return None
    together = _furthest(canary, stages, routes)
    if any(_complete(canary, one, stages, routes, settled) for one in together):
        return None
    return _wrong_route(canary, stages, routes, together)


def _complete(canary: Canary, place: _Place, stages: Sequence[Stage], routes: Sequence[int], settled: bool) -> bool:
    """Whether a place shows all of the record, or all but what the tick in which it was cut off was to show."""
    left = len(stages) - place.stages, len(routes) - place.routes
    if left == (0, 0) or settled:
        return left == (0, 0)
    coming = successors(canary, place.state)
    if left == (1, 0):
        return any(stage(one) == stages[-1] for one in coming)
    return left == (0, 1) and any(one.route.canary == routes[-1] for one in coming)


def _furthest(canary: Canary, stages: Sequence[Stage], routes: Sequence[int] | None) -> set[_Place]:
    """Every place to which the record leads."""
    waiting = deque(_starts(canary, stages[0], routes))
    reached = set(waiting)
    while waiting:
        here = waiting.popleft()
        for state in successors(canary, here.state):
            place = _follow(here, state, stages, routes)
            if place is not None and place not in reached:
                reached.add(place)
                waiting.append(place)
    return reached


def _follow(here: _Place, state: State, stages: Sequence[Stage], routes: Sequence[int] | None) -> _Place | None:
    """Where a state leads in the record: it shows nothing new, or what comes next there; else nowhere."""
    shown = _shown(here.stages, stage(state), stages)
    if shown is None:
        return None
    if routes is None:
        return _Place(state, shown, 0)
    if here.routes == 0 and state.route.canary != routes[0]:
        return _Place(state, shown, 0)
    routed = _shown(here.routes, state.route.canary, routes)
    return None if routed is None else _Place(state, shown, routed)


def _shown(count: int, value: object, record: Sequence[object]) -> int | None:
    """How many of the record's entries have been shown with ``value``, after ``count``; None if it does not fit."""
    if count and record[count - 1] == value:
        return count
    return count + 1 if count < len(record) and record[count] == value else None


def _starts(canary: Canary, first: Stage, routes: Sequence[int] | None) -> Iterator[_Place]:
    """What can hide behind the first stage.

    The first status and the first route are listed one after the other, so a tick may lie between them: the
    first route may be one step newer or older than the first stage.
    """
    for route in _routes(canary, first):
        state = State(first.phase, first.weight, first.failed, first.iteration, route)
        yield _Place(state, 1, 0)
        for count, weight in enumerate((routes or ())[:2], start=1):
            if weight == route.canary:
                yield _Place(state, 1, count)


def _routes(canary: Canary, first: Stage) -> Iterator[Route]:
    for weight in sorted(_weights(canary, first)):
        yield Route(weight)
        if canary.mirror and weight == 0:
            yield Route(0, mirrored=True)


def _weights(canary: Canary, first: Stage) -> set[int]:
    """What the route may give the canary behind a status; most often it is what the status says."""
    if first.phase in _RESTING and releases.APPROVED_ONCE.holds(canary.flagger):
        return {0, first.weight}
    if canary.strategy is not Strategy.CANARY:
        return {0, TOTAL}
    if first.weight == 0 or first.phase in (WAITING, WAITING_PROMOTION):
        return {0, TOTAL, first.weight, *canary.steps}
    return {first.weight}


@lru_cache(maxsize=4096)
def successors(canary: Canary, state: State) -> tuple[State, ...]:
    """Every state that a tick can make of one."""
    return tuple(dict.fromkeys(decide(canary, state, seen).state for seen in _observations(canary)))


def _observations(canary: Canary) -> Iterator[Observation]:
    """What a tick may see, as far as it makes a difference: the first rule that applies decides, and none asks
    for two troubles at once, so it is enough to have each of them alone."""
    for changed in (False, True):
        fine = Observation(changed=changed)
        yield from (fine, replace(fine, checks=False), replace(fine, revoked=True))
        for readiness in (Readiness.WAITING, Readiness.FAILED):
            yield from (replace(fine, primary=readiness), replace(fine, target=readiness))
        for hook in sorted(canary.hooks):
            yield replace(fine, closed=frozenset({hook}))


def _wrong_stage(canary: Canary, stages: Sequence[Stage], reached: Iterable[_Place]) -> Unexplained:
    last = max(one.stages for one in reached)
    before = [one.state for one in reached if one.stages == last]
    possible = {str(stage(state)) for one in before for state in successors(canary, one)} - {str(stages[last - 1])}
    return Unexplained("the Canary", str(stages[last - 1]), str(stages[last]), tuple(sorted(possible)))


def _wrong_route(
    canary: Canary, stages: Sequence[Stage], routes: Sequence[int], reached: Iterable[_Place]
) -> Unexplained:
    """Where both got furthest: the next weight of the route, and those that would have fitted the next stage."""
    last = max(reached, key=lambda one: (one.stages + one.routes, one.stages))
    coming = {stages[min(last.stages, len(stages) - 1)], stages[last.stages - 1]}
    fitting = {state.route.canary for state in successors(canary, last.state) if stage(state) in coming}
    before = f"{last.state.route.canary}% (the Canary: {stages[last.stages - 1]})"
    after = f"{routes[last.routes]}%" if last.routes < len(routes) else "nothing more"
    return Unexplained("the route", before, after, tuple(f"{weight}%" for weight in sorted(fitting)))
