"""A running canary that stops being ready (podinfo's /readyz/disable): the progress deadline ends it."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey
from canarylab.model.expectation import expect
from canarylab.model.plan import Assumption

UNREADY_AT_25 = Assumption(startable=lambda state: state.weight < 25)


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_a_canary_that_stops_being_ready_is_rolled_back_at_the_deadline(canary: Journey) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 25)
    canary.post_to_canary("/readyz/disable")
    canary.finish().assert_as(expect(canary.canary, UNREADY_AT_25), "updated replicas are available", "Canary failed!")
