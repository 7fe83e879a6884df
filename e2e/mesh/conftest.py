"""A namespace of the test's own on the run's mesh, with a client in it."""

from __future__ import annotations

import pytest
from shop import Shop

from canarylab.clusters.cluster import Cluster


@pytest.fixture
def shop(cluster: Cluster, namespace: str) -> Shop:
    opened = Shop(cluster.api_client(), namespace)
    opened.open()
    return opened
