"""A running canary that begins to answer 500 (podinfo's /status/500): rolled back, and no user of the page notices."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_errors_of_a_running_canary_roll_it_back(canary: Journey) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 25)
    canary.run(f"hey -z 1m -q 10 -c 1 http://podinfo-canary.{canary.canary.namespace}:9898/status/500")
    canary.finish().assert_rolled_back("success rate", "< 99%", "Canary failed!")
