"""``canarylab verify``: a promotion exits 0, by few rights and by all of them, and the journey's verdict agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
import verifying

from canarylab.journey import Application, Change, Journey


@pytest.fixture
def app(short: Application) -> Application:
    return short


@pytest.mark.canary
def test_verify_tells_a_promotion(canary: Journey, tmp_path: Path) -> None:
    canary.start()
    cluster, space = canary.stack.cluster, canary.canary.namespace
    with verifying.account(cluster, space, tmp_path) as kubeconfig:
        low = verifying.start(kubeconfig, space, "podinfo", "--junit", str(tmp_path / "junit.xml"))
        mighty = verifying.start(cluster.kubeconfig, space)
        canary.ship(Change(tag="6.9.1")).assert_promoted()
        ends = [verifying.finish(one) for one in (low, mighty)]
    assert [code for code, _ in ends] == [0, 0]
    assert all(f"{space}/podinfo: promoted" in said for _, said in ends)
    assert "by 0% > 25% > 50%\n" in ends[0][1]
    assert "list, watch virtualservices.networking.istio.io" in ends[0][1]
    assert "by 0% > 25% > 50% > 0%\n" in ends[1][1]
    assert "further rights" not in ends[1][1]
    assert 'failures="0"' in (tmp_path / "junit.xml").read_text()
