"""Blue/green: the new revision is tried while users stay where they are, and then takes them all at once."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    # Nobody reaches the new revision yet, so the load has to begin before the first check does: a hook of type
    # rollout is called in the same tick as that check, which then finds no values (Flagger issue 1689).
    # It is called once, and so has to last for all iterations.
    hook = short.canary["spec"]["analysis"]["webhooks"][0]
    command = f"hey -z 1m -q 5 -c 1 http://podinfo-canary.{short.namespace}:9898/"
    load = {**hook, "type": "pre-rollout", "metadata": {"type": "cmd", "cmd": command}}
    return short.but(analysis={"stepWeight": None, "maxWeight": None, "iterations": 2, "webhooks": [load]})


@pytest.mark.canary
def test_blue_green_switches_everybody_at_once(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1")).assert_promoted()
