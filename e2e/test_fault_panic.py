"""A running canary that dies whenever it is reached (podinfo's /panic): the progress deadline ends it."""

from __future__ import annotations

import pytest

from canarylab.clusters.cluster import Cluster
from canarylab.journey import Application, Change, Journey
from canarylab.model.expectation import expect
from canarylab.model.plan import Assumption

DEAD_AT_25 = Assumption(startable=lambda state: state.weight < 25)


@pytest.fixture
def app(short: Application) -> Application:
    # A pod that is ready for less than five seconds does not count, so that no tick finds the canary in good health.
    return short.on(minReadySeconds=5)


@pytest.mark.canary
def test_a_running_canary_that_panics_is_rolled_back_at_the_deadline(canary: Journey, cluster: Cluster) -> None:
    space = canary.canary.namespace
    canary.begin(Change(tag="6.9.1"))
    canary.reach("Progressing", 25)
    canary.run(f"hey -z 1m -q 10 -c 1 http://podinfo-canary.{space}:9898/panic")
    outcome = canary.finish()
    outcome.assert_as(expect(canary.canary, DEAD_AT_25), "updated replicas are available", "Canary failed!")
    assert "BackOff" in cluster.kubectl("get", "events", "-n", space)
