"""Canaries of every strategy and what a tick may see of them, for tests that hold whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from canarylab.model import releases
from canarylab.model.canary import Canary
from canarylab.model.plan import Assumption, Closed
from canarylab.model.rollout import Observation, Readiness

GATES = ("confirm-rollout", "pre-rollout", "confirm-traffic-increase", "confirm-promotion")
HOOKS = (*GATES, "rollout", "rollback", "post-rollout", "event")
PROVIDERS = ("istio", "linkerd", "gatewayapi:v1", "kubernetes", "nginx")


def canary(*hooks: str, provider: str = "", **analysis: Any) -> Canary:
    """A Canary with webhooks of these types."""
    webhooks = [{"type": hook, "name": hook} for hook in hooks]
    analysis = {"interval": "10s", "threshold": 2, "webhooks": webhooks, **analysis}
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}, "analysis": analysis}
    return Canary.parse({"metadata": {"name": "web"}, "spec": {**spec, "provider": provider}})


@st.composite
def canaries(draw: st.DrawFn) -> Canary:
    """By steps, by listed weights, or by iterations; with any webhooks, played by any release."""
    hooks = draw(st.sets(st.sampled_from(HOOKS)))
    analysis: dict[str, Any] = {"threshold": draw(st.integers(0, 4)), "mirror": draw(st.booleans())}
    shape = draw(st.sampled_from(["steps", "listed", "ab", "blue/green"]))
    if shape == "steps":
        analysis |= {"stepWeight": draw(st.integers(1, 100)), "maxWeight": draw(st.integers(1, 100))}
        analysis["stepWeightPromotion"] = draw(st.integers(0, 100))
    elif shape == "listed":
        analysis["stepWeights"] = sorted(draw(st.sets(st.integers(1, 100), min_size=1, max_size=5)))
    else:
        analysis["iterations"] = draw(st.integers(1, 5))
        analysis |= {"match": [{}]} if shape == "ab" else {}
    return replace(canary(*hooks, **analysis), flagger=releases.version(draw(st.sampled_from(releases.RELEASES))))


@st.composite
def odd_canaries(draw: st.DrawFn) -> Canary:
    """The same, and those that the API takes although they cannot end well, of every provider."""
    made = draw(canaries())
    listed = draw(st.lists(st.integers(0, 120), min_size=1, max_size=4))
    if draw(st.booleans()):
        made = replace(canary(*made.hooks, stepWeights=listed, mirror=made.mirror), flagger=made.flagger)
    elif draw(st.booleans()):
        most = draw(st.integers(1, 300))
        made = replace(canary(*made.hooks, stepWeight=draw(st.integers(0, 120)), maxWeight=most), flagger=made.flagger)
    made = replace(made, skip=draw(st.booleans()) and draw(st.booleans()), suspended=draw(st.integers(0, 9)) == 0)
    return made.played(draw(st.sampled_from(PROVIDERS)))


@st.composite
def assumptions(draw: st.DrawFn) -> Assumption:
    """Checks, gates, revisions, edits and pods of every kind."""
    gates = st.builds(Closed, st.sampled_from(HOOKS), st.sampled_from([-1, 0, 1, 3]), st.sampled_from([0, 0, 2, 40]))
    fails = draw(st.integers(0, 200))
    able, promotable = draw(st.booleans()), draw(st.booleans())
    ticks = st.frozensets(st.integers(1, 12), max_size=3)
    return Assumption(
        checks=lambda state: state.route.canary + state.iteration < fails,
        closed=tuple(draw(st.lists(gates, max_size=4))),
        revisions=draw(ticks),
        revoked_at=draw(st.integers(0, 8)),
        failing_at=draw(st.sampled_from([0, 0, 3, 7])),
        startable=lambda _state: able,
        promotable=lambda _state: promotable,
        rerouted=draw(ticks),
    )


_READINESS = st.sampled_from(list(Readiness))
_CLOSED = st.sets(st.sampled_from([*GATES, "rollout"])).map(frozenset)
observations = st.builds(
    Observation, changed=st.booleans(), primary=_READINESS, target=_READINESS,
    closed=_CLOSED, revoked=st.booleans(), checks=st.booleans(),
)  # fmt: skip
