"""The whole rollout as Flagger's table plans it under an assumption: stages, route, images, splits, users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from canarylab.model import expectation, verdict
from canarylab.model.expectation import Expectation
from canarylab.model.plan import ENDLESS, Assumption, Closed
from canarylab.model.rollout import (
    CONFIRM_PROMOTION,
    CONFIRM_ROLLOUT,
    CONFIRM_TRAFFIC_INCREASE,
    INITIALIZED,
    POST_ROLLOUT,
    PRE_ROLLOUT,
    ROLLOUT,
    Route,
    State,
)
from canarylab.model.timeline import CanarySeen, RouteSeen
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Count, Many, Percent, UnknownWord, Verb

GATES = (CONFIRM_ROLLOUT, PRE_ROLLOUT, ROLLOUT, CONFIRM_TRAFFIC_INCREASE, CONFIRM_PROMOTION, POST_ROLLOUT)


class Refusals(Verb):
    """The refusals of a gate."""

    bare: ClassVar[str] = "times"

    times: Annotated[int, Field(ge=1)] | Literal["forever"] = "forever"
    """How many times it does not pass."""
    from_: Percent = 0
    """From this weight on (in A/B tests and blue/green: from this iteration on); before it the gate passes."""


class Plan(Claim):
    """The whole rollout as Flagger's own rules give it for this Canary: every stage, every weight of the route, the
    primary's images, the split of users at each weight, and the users' success rate. `all-pass` is a promotion; the
    fields say what else is assumed.
    """

    bare: ClassVar[str] = "of"

    of: Literal["all-pass"] = "all-pass"
    """A promotion, but for what the other fields say."""
    checks_fail_from: Percent | None = None
    """Checks fail from this weight on (in A/B tests and blue/green: from this iteration on)."""
    checks_fail_at: int = Field(0, ge=0)
    """Checks fail from this tick on, counted as in `revisions`."""
    gates: dict[str, Refusals] = Field(default_factory=dict, json_schema_extra={"propertyNames": {"enum": [*GATES]}})
    """How many times the gate of a type does not pass, or `forever`; `{from: 25, times: 2}`: from weight 25 on (in A/B
    tests and blue/green: from iteration 25 on), before which it passes."""
    revisions: Many[Count] = ()
    """The ticks at which another revision is there, counted from 1, the one that finds the first."""
    not_ready_from: Percent | None = None
    """The new revision's pods are not ready from this weight on; 0: never."""
    rollback_at: int = Field(0, ge=0)
    """The tick at which the gate `rollback` is found open."""
    promotion_fails: bool = False
    """The primary's pods do not get ready while it is promoted."""
    rerouted: Many[Count] = ()
    """The ticks that find `spec.service` edited, and write the route anew."""

    @model_validator(mode="after")
    def _known_gates(self) -> Plan:
        for name in self.gates:
            if name not in GATES:
                raise UnknownWord(name, GATES)
        return self

    def assumption(self) -> Assumption:
        """The same as the model has it."""
        return Assumption(
            checks=self._checks,
            closed=tuple(_closed(name, one) for name, one in self.gates.items()),
            revisions=frozenset(self.revisions),
            revoked_at=self.rollback_at,
            failing_at=self.checks_fail_at,
            startable=lambda state: self.not_ready_from is None or state.weight < self.not_ready_from,
            promotable=lambda _state: not self.promotion_fails,
            rerouted=frozenset(self.rerouted),
        )

    def _checks(self, state: State) -> bool:
        return self.checks_fail_from is None or max(state.weight, state.iteration) < self.checks_fail_from

    def expected(self, seen: Seen) -> Expectation:
        """The rollout that is expected."""
        return expectation.expect(seen.canary, self.assumption(), _start(seen))

    def findings(self, seen: Seen) -> Sequence[Finding]:
        return verdict.judge(seen.evidence, self.expected(seen)).findings


def _closed(gate: str, refusals: Refusals) -> Closed:
    return Closed(gate, ENDLESS if refusals.times == "forever" else refusals.times, refusals.from_)


def _start(seen: Seen) -> State:
    """The state of rest before the trigger, as it was seen: after an earlier rollout it is that one's end."""
    first, route = next(seen.record.of(CanarySeen), None), next(seen.record.of(RouteSeen), None)
    if first is None:
        return State(INITIALIZED)
    return State(first.phase, first.weight, first.failed, first.iterations, Route(route.canary if route else 0))
