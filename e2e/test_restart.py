"""Another revision in mid-analysis: the analysis starts anew with it, and it is the one that is promoted."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey
from canarylab.model.expectation import expect
from canarylab.model.plan import Assumption

# New revision, 25, 50, and then the tick that finds the other one.
AT_THE_FOURTH_TICK = Assumption(revisions=frozenset({4}))


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_a_second_revision_restarts_the_analysis(canary: Journey) -> None:
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 50)
    canary.also(Change(tag="6.9.2"))
    outcome = canary.finish(extra_ticks=3)
    verdict = outcome.assert_as(
        expect(canary.canary, AT_THE_FOURTH_TICK), "Restarting analysis", "Promotion completed!"
    )
    assert "podinfo:6.9.0 -> ghcr.io/stefanprodan/podinfo:6.9.2" in str(verdict)
