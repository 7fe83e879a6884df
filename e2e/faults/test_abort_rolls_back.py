"""The mesh fails half of the new revision's answers in the middle of its analysis: Flagger sees it, and rolls back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from canarylab.faults import Applied, Fault
from canarylab.faults.mesh.abort import Abort
from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_requests_that_fail_at_the_pods_roll_a_canary_back(canary: Journey, fault: Callable[[Fault], Applied]) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 25)
    fault(Abort(percent=50))
    canary.finish().assert_rolled_back("success rate", "< 99%", "Canary failed!")
