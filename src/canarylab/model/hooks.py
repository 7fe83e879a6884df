"""Which webhooks a tick asks, in which order, and what they answer: taken from the rule that applied. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from canarylab.model import releases
from canarylab.model.canary import Canary, Webhook
from canarylab.model.rollout import (
    CONFIRM_PROMOTION,
    CONFIRM_ROLLOUT,
    CONFIRM_TRAFFIC_INCREASE,
    FAILED,
    POST_ROLLOUT,
    PRE_ROLLOUT,
    PROGRESSING,
    ROLLBACK,
    ROLLOUT,
    SUCCEEDED,
    Decision,
    Observation,
    State,
    increase_is_asked,
    unseen,
)

# The rules by how far a tick gets before one of them decides.
_APPROVAL = frozenset({"wait for approval", "approved", "new revision"})
_PROMOTION = frozenset({"wait for promotion", "switch", "promote"})
_INCREASE = frozenset({"hold", "advance", "wait for promotion", "promote"})
ANALYSIS = frozenset({"pre-rollout fails", "halt", "iterate", "no step to take", *_INCREASE, *_PROMOTION})
_ANALYSED = ANALYSIS | {"rollback is asked for", "threshold reached"}
ROLLED_BACK = frozenset(
    {"the primary failed", "the canary cannot start", "rollback is asked for", "threshold reached"}
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A webhook that is asked, the phase that it is told, and whether its answer passes."""

    webhook: Webhook
    phase: str
    passes: bool


def calls(canary: Canary, before: State, seen: Observation, decision: Decision) -> tuple[Call, ...]:
    """The calls of one tick; those of ``event`` webhooks are left out, since each Event is one."""
    if not canary.hooks:
        return ()
    return tuple(
        call
        for type_, phase in _asked(canary, before, decision)
        if type_ in canary.hooks
        for call in _answers(canary, type_, phase, seen)
    )


def _asked(canary: Canary, before: State, decision: Decision) -> Iterator[tuple[str, str]]:
    """The types that a tick asks, in turn, and the phase that each is told."""
    rule, once = decision.rule, releases.APPROVED_ONCE.holds(canary.flagger)
    if rule in _APPROVAL or (not once and rule not in ("rest", "suspended")):
        yield CONFIRM_ROLLOUT, before.phase if once else PROGRESSING
    if rule in _ANALYSED:
        yield ROLLBACK, before.phase
    if rule in ANALYSIS:
        yield PRE_ROLLOUT if unseen(canary, before) else ROLLOUT, PROGRESSING
    if rule in _INCREASE and increase_is_asked(canary, before):
        yield CONFIRM_TRAFFIC_INCREASE, PROGRESSING
    if rule in _PROMOTION:
        yield CONFIRM_PROMOTION, PROGRESSING
    if rule == "finish" or (rule == "skip the analysis" and releases.SKIPPED_HAS_POST_ROLLOUT.holds(canary.flagger)):
        yield POST_ROLLOUT, SUCCEEDED
    if decision.state.phase == FAILED and rule != "rest":
        yield POST_ROLLOUT, FAILED


def _answers(canary: Canary, type_: str, phase: str, seen: Observation) -> Iterator[Call]:
    """Those of a type, until one decides: the first that refuses, or the first rollback webhook that passes."""
    passes = seen.revoked if type_ == ROLLBACK else type_ not in seen.closed
    for webhook in of_type(canary, type_):
        yield Call(webhook, phase, passes)
        if passes is (type_ == ROLLBACK):
            return


def of_type(canary: Canary, type_: str) -> list[Webhook]:
    """The webhooks of a type, by the Canary's order; one of the type's name where only the type is known."""
    found = [one for one in canary.webhooks if one.type == type_]
    return found or [Webhook(type_, type_)] * (type_ in canary.hooks)
