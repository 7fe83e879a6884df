"""A DaemonSet as the target: its zero is a node selector that no node fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from canarylab.journey import Application, Change, Journey


def daemonset(deployment: dict[str, Any]) -> dict[str, Any]:
    kept = {key: deployment["spec"][key] for key in ("selector", "template")}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    return {**deployment, "kind": "DaemonSet", "spec": {**kept, "updateStrategy": strategy}}


@pytest.fixture
def app(short: Application) -> Application:
    made = daemonset(short.target)
    return replace(short, objects=(made,)).but(targetRef={"kind": "DaemonSet"})


@pytest.mark.canary
def test_a_daemonset_is_promoted(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
