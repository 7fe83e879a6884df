"""A gRPC service: each call goes its own way, over connections that stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.journey import Application, Change, Crowd, Journey

# podinfo tells its host's name in the first field of the answer.
CALLERS = Crowd(grpc="/info.InfoService/Info", pod="(podinfo-[a-z0-9-]+)")


@pytest.fixture
def app(short: Application) -> Application:
    service = {"port": 9999, "targetPort": 9999, "portName": "grpc"}
    return replace(short.but(service=service, analysis={"webhooks": None}), crowds=(CALLERS,))


@pytest.mark.canary
def test_a_grpc_service_is_promoted(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
