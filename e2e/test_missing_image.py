"""A revision whose image does not exist: no user ever meets it, and the progress deadline ends it."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey
from canarylab.model.expectation import expect
from canarylab.model.plan import Assumption

NEVER = Assumption(startable=lambda _state: False)


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_an_image_that_does_not_exist_is_rolled_back_at_the_deadline(canary: Journey) -> None:
    outcome = canary.ship(Change(image="ghcr.io/stefanprodan/no-such-image:1"))
    outcome.assert_as(expect(canary.canary, NEVER), "New revision detected!", "not ready", "Canary failed!")
