"""``canarylab verify`` with few rights: stuck at a gate, it names the gate."""

from __future__ import annotations

from pathlib import Path

import pytest
import verifying

from canarylab.journey import Application, Change, Journey

GATE = {"name": "ask a person", "type": "confirm-promotion", "url": "http://flagger-loadtester.test/gate/check"}


@pytest.fixture
def app(short: Application) -> Application:
    return short.but(analysis={"webhooks": [*short.canary["spec"]["analysis"]["webhooks"], GATE]})


@pytest.mark.canary
def test_verify_names_the_gate_that_is_closed(canary: Journey, tmp_path: Path) -> None:
    canary.start()
    space = canary.canary.namespace
    with verifying.account(canary.stack.cluster, space, tmp_path) as kubeconfig:
        verify = verifying.start(kubeconfig, space, "--timeout", "60")
        canary.begin(Change(tag="6.9.1"))
        code, said = verifying.finish(verify)
    assert code == 3
    assert "it is WaitingPromotion" in said
    assert "the gate ask a person (confirm-promotion) is closed" in said
