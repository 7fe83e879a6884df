"""The table of a rollout's rules as markdown, and as a diagram of the phases that they lead between (Mermaid)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from canarylab.model.canary import Canary, Strategy
from canarylab.model.rollout import (
    CONFIRM_PROMOTION,
    CONFIRM_ROLLOUT,
    CONFIRM_TRAFFIC_INCREASE,
    PRE_ROLLOUT,
    ROLLBACK,
    RULES,
    Observation,
    Readiness,
    State,
    decide,
)

_GATES = (CONFIRM_ROLLOUT, PRE_ROLLOUT, CONFIRM_TRAFFIC_INCREASE, CONFIRM_PROMOTION)
_ANY = Canary(
    name="any", namespace="any", kind="Deployment", target="any", apex="any", port=80, provider="istio", interval=10,
    threshold=1, deadline=60, metrics=(), steps=(50,), max_weight=50, hooks=frozenset({*_GATES, ROLLBACK}),
)  # fmt: skip
_KINDS = (
    _ANY,
    replace(_ANY, skip=True),
    replace(_ANY, strategy=Strategy.BLUE_GREEN, steps=(), iterations=1),
    replace(_ANY, strategy=Strategy.AB, steps=(), iterations=1),
)


def table() -> str:
    """A row for each rule, in the order in which they are asked."""
    rows = [
        f"| {number} | {_phases(rule.phases)} | {rule.name} | {rule.note} |"
        for number, rule in enumerate(RULES, start=1)
    ]
    return "\n".join(["| asked | in phases | what applies | releases |", "|---|---|---|---|", *rows])


def _phases(phases: frozenset[str] | None) -> str:
    return "any" if phases is None else ", ".join(sorted(phase or "(new)" for phase in phases))


def diagram() -> str:
    """Every way from one phase to another, with the rules that lead there."""
    ways: dict[tuple[str, str], set[str]] = {}
    for canary in _KINDS:
        for state, rule, after in _reached(canary):
            if state.phase != after.phase:
                ways.setdefault((state.phase, after.phase), set()).add(rule)
    lines = [f"    {_node(a)} --> {_node(b)}: {', '.join(sorted(rules))}" for (a, b), rules in sorted(ways.items())]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _node(phase: str) -> str:
    return phase or "[*]"


def _reached(canary: Canary) -> list[tuple[State, str, State]]:
    """Every step from every state that can be reached."""
    seen, todo, steps = {State()}, [State()], []
    while todo:
        state = todo.pop()
        for observation in _observations():
            decision = decide(canary, state, observation)
            steps.append((state, decision.rule, decision.state))
            if decision.state not in seen:
                seen.add(decision.state)
                todo.append(decision.state)
    return steps


def _observations() -> list[Observation]:
    closed = [frozenset[str](), *(frozenset({gate}) for gate in _GATES)]
    return [
        Observation(changed=changed, primary=primary, target=target, closed=gates, revoked=revoked, checks=checks)
        for changed, primary, target, gates, revoked, checks in product(
            (False, True), Readiness, Readiness, closed, (False, True), (False, True)
        )
    ]
