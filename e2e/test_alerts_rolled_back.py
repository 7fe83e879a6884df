"""The alerts of a rollback, as an AlertProvider sends them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alerts import sent, with_alerts
from test_rollback import BROKEN_PAGE

from canarylab.clusters.cluster import Cluster
from canarylab.journey import Application, Journey
from canarylab.journey.application import BROWSERS


@pytest.fixture
def app(short: Application) -> Application:
    return replace(with_alerts(short), crowds=(BROWSERS,))


@pytest.mark.canary
def test_a_rollback_alerts_why(canary: Journey, cluster: Cluster) -> None:
    canary.ship(BROKEN_PAGE).assert_rolled_back("Canary failed!")
    assert sent(cluster, canary.canary.namespace) == [
        "New Deployment detected, initialization completed.",
        "New revision detected, progressing canary analysis.",
        "Failed checks threshold reached 2",
    ]
