"""No traffic at all: Flagger finds no values, counts that as failed checks, and rolls back (Flagger issue 1035)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return replace(short.but(analysis={"webhooks": None}), crowds=())


@pytest.mark.canary
def test_a_canary_without_traffic_is_rolled_back(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1")).assert_rolled_back("no values found", "no values found", "Canary failed!")
