"""A revision that crashes at its start: no user ever meets it, and the progress deadline ends it."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey
from canarylab.model.expectation import expect
from canarylab.model.plan import Assumption


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_a_crash_loop_is_rolled_back_at_the_deadline(canary: Journey) -> None:
    outcome = canary.ship(Change(tag="6.9.1", arguments=("--no-such-flag",)))
    never = Assumption(startable=lambda _state: False)
    outcome.assert_as(expect(canary.canary, never), "New revision detected!", "not ready", "Canary failed!")
