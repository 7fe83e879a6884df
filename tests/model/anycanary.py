"""Canaries of every strategy and what a tick may see of them, for tests that hold whatever happens."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from canarylab.model.canary import Canary
from canarylab.model.rollout import Observation, Readiness

GATES = ("confirm-rollout", "pre-rollout", "confirm-traffic-increase", "confirm-promotion")


def canary(*hooks: str, provider: str = "", **analysis: Any) -> Canary:
    """A Canary with webhooks of these types."""
    webhooks = [{"type": hook, "name": hook} for hook in hooks]
    analysis = {"interval": "10s", "threshold": 2, "webhooks": webhooks, **analysis}
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}, "analysis": analysis}
    return Canary.parse({"metadata": {"name": "web"}, "spec": {**spec, "provider": provider}})


@st.composite
def canaries(draw: st.DrawFn) -> Canary:
    """By steps, by listed weights, or by iterations; with any webhooks."""
    hooks = draw(st.sets(st.sampled_from([*GATES, "rollout", "rollback"])))
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
    return canary(*hooks, **analysis)


_READINESS = st.sampled_from(list(Readiness))
_CLOSED = st.sets(st.sampled_from([*GATES, "rollout"])).map(frozenset)
observations = st.builds(
    Observation, changed=st.booleans(), primary=_READINESS, target=_READINESS,
    closed=_CLOSED, revoked=st.booleans(), checks=st.booleans(),
)  # fmt: skip
