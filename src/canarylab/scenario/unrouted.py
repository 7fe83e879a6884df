"""What of a scenario only a route can show: on plain Kubernetes, which has none, it does not apply. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from canarylab.model.canary import Canary, Strategy
from canarylab.model.rollout import CONFIRM_TRAFFIC_INCREASE
from canarylab.scenario import sense
from canarylab.scenario.data import Verb
from canarylab.scenario.document import Scenario
from canarylab.scenario.expect.hooks import Hooks
from canarylab.scenario.expect.plan import Plan
from canarylab.scenario.expect.reaches import Reaches
from canarylab.scenario.expect.route import Route
from canarylab.scenario.expect.said import Said
from canarylab.scenario.expect.sequence import Sequence
from canarylab.scenario.expect.split import Split
from canarylab.scenario.expect.users import Users
from canarylab.scenario.steps.wait import Wait

# What Flagger says of a route; and stages and parts of a rollout with a weight.
_ROUTED = re.compile(r"weight [1-9]|Routing all traffic|traffic increase| [1-9]\d*%")


def why(scenario: Scenario, canary: Canary) -> str:
    """The first step or claim about a route; empty if there is none. ``canary`` is as its file has it."""
    if canary.strategy is Strategy.AB:
        return "it is an A/B test, and plain Kubernetes has no route that could tell users apart"
    for _, entry in sense.entries(scenario):
        if any(map(_ROUTED.search, _texts(entry.verb))) or _shares(entry.verb, canary):
            return f"`{entry.name}: {entry.verb.words()}` is about a route, and plain Kubernetes has none"
    return ""


def _texts(verb: Verb) -> Iterator[str]:
    if isinstance(verb, Wait):
        yield from (verb.until, verb.said, f"weight {verb.weight or 0}")
    if isinstance(verb, Reaches):
        yield f"weight {verb.weight or 0}"
    if isinstance(verb, Sequence):
        yield from verb.stages
    if isinstance(verb, Said):
        yield from verb.phrases
    if isinstance(verb, Hooks):
        yield from verb.calls
    if isinstance(verb, Users) and verb.during:
        yield str(verb.during)


def _shares(verb: Verb, canary: Canary) -> bool:
    """Routes, splits, and what begins at a weight, which would be an iteration there."""
    if isinstance(verb, Plan) and canary.strategy is Strategy.CANARY:
        since = (verb.checks_fail_from, verb.not_ready_from, *(one.from_ for one in verb.gates.values()))
        return any(since) or CONFIRM_TRAFFIC_INCREASE in verb.gates
    return isinstance(verb, Route | Split)
