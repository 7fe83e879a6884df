"""``canarylab verify`` with few rights: a rollback exits 1, with the reason in words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import verifying
from test_rollback import BROKEN_PAGE

from canarylab.journey import Application, Journey
from canarylab.journey.application import BROWSERS


@pytest.fixture
def app(short: Application) -> Application:
    return replace(short, crowds=(BROWSERS,))


@pytest.mark.canary
def test_verify_tells_a_rollback_and_why(canary: Journey, tmp_path: Path) -> None:
    canary.start()
    space = canary.canary.namespace
    with verifying.account(canary.stack.cluster, space, tmp_path) as kubeconfig:
        verify = verifying.start(kubeconfig, space)
        canary.ship(BROKEN_PAGE).assert_rolled_back("success rate")
        code, said = verifying.finish(verify)
    assert code == 1
    assert re.search(rf"{space}/podinfo: rolled back\n  halted twice: .*success rate [0-9.]+% < 99%", said)
