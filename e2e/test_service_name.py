"""A Service that has another name than the workload: users, routes and load go by the Service's."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    load = short.canary["spec"]["analysis"]["webhooks"][0]
    command = load["metadata"]["cmd"].replace("podinfo-canary", "front-canary")
    return short.but(
        service={"name": "front"}, analysis={"webhooks": [{**load, "metadata": {"type": "cmd", "cmd": command}}]}
    )


@pytest.mark.canary
def test_a_service_with_a_name_of_its_own_is_promoted(canary: Journey) -> None:
    assert canary.host.startswith("front.")
    canary.ship(Change(tag="6.9.1")).assert_promoted()
