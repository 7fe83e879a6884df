"""The alerts of a promotion, as an AlertProvider sends them."""

from __future__ import annotations

import pytest
from alerts import sent, with_alerts

from canarylab.clusters.cluster import Cluster
from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return with_alerts(short)


@pytest.mark.canary
def test_a_promotion_alerts_at_its_beginning_and_at_its_end(canary: Journey, cluster: Cluster) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
    assert sent(cluster, canary.canary.namespace) == [
        "New Deployment detected, initialization completed.",
        "New revision detected, progressing canary analysis.",
        "Canary analysis completed successfully, promotion finished.",
    ]
