"""Gates before the rollout and before the promotion: closed, each holds the canary; opened, it goes on."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey
from canarylab.model.expectation import expect
from canarylab.model.plan import Assumption, Closed

BOTH_HOLD = Assumption(closed=(Closed("confirm-rollout", 1), Closed("confirm-promotion", 1)))


@pytest.fixture
def app(short: Application) -> Application:
    gates = [
        {"name": kind, "type": kind, "url": "http://flagger-loadtester.test/gate/check"}
        for kind in ("confirm-rollout", "confirm-promotion")
    ]
    return short.but(analysis={"webhooks": [*short.canary["spec"]["analysis"]["webhooks"], *gates]})


@pytest.mark.canary
def test_gates_hold_until_they_are_opened(canary: Journey) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Waiting")
    canary.gate("open")
    canary.reach("Progressing", 25)
    canary.gate("close")
    canary.reach("WaitingPromotion")
    canary.gate("open")
    outcome = canary.finish(extra_ticks=2)
    outcome.assert_as(expect(canary.canary, BOTH_HOLD), "waiting for approval", "waiting for promotion approval")
