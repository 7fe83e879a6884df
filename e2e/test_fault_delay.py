"""A running canary that begins to answer late (podinfo's /delay/1): rolled back for its duration."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(strict: Application) -> Application:
    return strict


@pytest.mark.canary
def test_delays_of_a_running_canary_roll_it_back(canary: Journey) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 25)
    canary.run(f"hey -z 1m -c 5 http://podinfo-canary.{canary.canary.namespace}:9898/delay/1")
    canary.finish().assert_rolled_back("request duration", "> 500ms", "Canary failed!")
