"""``canarylab verify`` against a server that plays rollouts and refuses what a test has it refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from player import Player

from canarylab.cli import cli, main
from canarylab.report import files

CANARIES = "/apis/flagger.app/v1beta1/namespaces/shop/canaries"
EVENTS = "/api/v1/namespaces/shop/events"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
ROUTES = "/apis/networking.istio.io/v1beta1/namespaces/shop/virtualservices"
FORBIDDEN = (403, {"message": "forbidden: this account may not"})
NONE: tuple[int, Any] = (200, {"items": [], "metadata": {"resourceVersion": "1"}})
STEPS = [("Initialized", 0), ("Progressing", 0), ("Progressing", 20), ("Progressing", 40), ("Promoting", 40)]
PROMOTED = [*STEPS, ("Finalising", 0), ("Succeeded", 0)]


def canary(phase: str, weight: int, failed: int = 0, *hooks: dict[str, str]) -> dict[str, Any]:
    analysis = {"interval": "10s", "threshold": 2, "stepWeight": 20, "maxWeight": 40, "webhooks": list(hooks)}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return {
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"targetRef": target, "service": {"port": 80}, "analysis": analysis, "provider": "istio"},
        "status": {"phase": phase, "canaryWeight": weight, "failedChecks": failed},
    }


def event(count: int, text: str) -> dict[str, Any]:
    return {"metadata": {"name": "e", "uid": "e"}, "type": "Warning", "message": text, "count": count}


def run(player: Player, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["verify", "--kubeconfig", str(player.kubeconfig), *arguments])


@pytest.fixture
def low(player: Player) -> Player:
    """An account that may read Canaries, and nothing else."""
    for path in (EVENTS, DEPLOYMENTS, ROUTES, "/apis/apps/v1/deployments", "/api/v1/namespaces/istio-system/pods"):
        player.on("GET", path, FORBIDDEN)
    player.on("GET", "/apis/apps/v1/namespaces/istio-system/deployments", FORBIDDEN)
    for name in ("web", "web-primary"):
        player.on("GET", f"{DEPLOYMENTS}/{name}", FORBIDDEN)
    return player


def test_a_promotion_exits_0_and_names_the_rights_that_would_tell_more(low: Player) -> None:
    low.plays(CANARIES, *(canary(*one) for one in PROMOTED))
    told = run(low, "web")
    assert told.exit_code == 0, told.output
    assert "shop/web: promoted" in told.output
    for right in ("virtualservices.networking.istio.io", "deployments.apps", "pods/log", "events"):
        assert right in told.output.partition("further rights would tell more:")[2]


def test_a_rollback_exits_1_with_what_events_said(low: Player) -> None:
    steps = [*STEPS[:3], ("Progressing", 20, 1), ("Progressing", 20, 2), ("Failed", 0)]
    low.plays(CANARIES, *(canary(*one) for one in steps))
    said = "Halt web.shop advancement success rate 91.20% < 99%"
    similar = f"(combined from similar events): {said}"
    end = "Canary failed! Scaling down web.shop"
    low.plays(EVENTS, event(1, "x"), event(2, said), event(3, similar), event(4, end))
    told = run(low)
    assert told.exit_code == 1, told.output
    assert "shop/web: rolled back\n  halted twice: success rate 91.20% < 99%\n" in told.output


def test_a_skipped_weight_is_wrong(low: Player) -> None:
    low.plays(CANARIES, *(canary(*one) for one in PROMOTED if one != ("Progressing", 20)))
    told = run(low)
    assert told.exit_code == 1
    assert "shop/web: wrong\n  the Canary: Progressing 0% > Progressing 40%" in told.output


def test_a_canary_that_does_nothing_is_told_in_words(low: Player) -> None:
    low.plays(CANARIES, canary("Succeeded", 0))
    told = run(low, "--start-within", "0.3")
    assert told.exit_code == 3
    assert "no rollout began; the Canary is Succeeded" in told.output


def test_a_closed_gate_is_named_at_the_timeout(low: Player) -> None:
    gate = {"name": "ask", "type": "confirm-rollout", "url": "http://gate/"}
    low.plays(CANARIES, canary("Initialized", 0, 0, gate), canary("Waiting", 0, 0, gate))
    told = run(low, "--timeout", "0.5")
    assert told.exit_code == 3
    assert "it is Waiting" in told.output
    assert "the gate ask (confirm-rollout) is closed" in told.output


def test_reports_are_written(low: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    low.plays(CANARIES, *(canary(*one) for one in PROMOTED))
    told = run(low, "--junit", str(tmp_path / "out" / "junit.xml"), "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["canaries"][0]["outcome"] == "promoted"
    assert "Progressing 20%" in told.stderr
    assert 'testsuites tests="1"' in (tmp_path / "out" / "junit.xml").read_text()
    assert "| :white_check_mark: | shop/web |" in (tmp_path / "summary.md").read_text()


def test_every_format_is_written_with_the_plan_beside_what_was_seen(low: Player, tmp_path: Path) -> None:
    low.plays(CANARIES, *(canary(*one) for one in PROMOTED))
    assert run(low, "--report", str(tmp_path / "out")).exit_code == 0
    assert {one.name for one in (tmp_path / "out").iterdir()} == set(files.FORMATS)
    told = json.loads((tmp_path / "out" / "report.json").read_text())["canaries"][0]
    assert [one["phase"] for one in told["expected"]["stages"]] == [phase for phase, _ in PROMOTED]
    assert "predicted: promoted" in (tmp_path / "out" / "index.html").read_text()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (FORBIDDEN, "let this account get, list and watch canaries.flagger.app in namespace shop"),
        ((404, b"404 page not found"), "install Flagger"),
        ((401, {"message": "Unauthorized"}), "still valid"),
    ],
)
def test_canaries_that_cannot_be_seen_exit_3_with_what_to_do(
    player: Player, reply: tuple[int, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    player.on("GET", CANARIES, reply)
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--kubeconfig", str(player.kubeconfig)])
    assert ended.value.code == 3
    assert words in capsys.readouterr().err


def test_canaries_that_may_be_listed_and_not_watched_exit_3(low: Player) -> None:
    item = canary("Progressing", 0)
    item["metadata"]["resourceVersion"] = "1"
    listed = (200, {"items": [item], "metadata": {"resourceVersion": "1"}})
    low.on("GET", CANARIES, listed, listed, FORBIDDEN)  # once to find it, once to follow it
    told = run(low)
    assert told.exit_code == 3
    assert "let this account get, list and watch canaries.flagger.app" in told.output


def test_a_canary_that_is_not_there_is_wrong_usage(low: Player, capsys: pytest.CaptureFixture[str]) -> None:
    low.on("GET", CANARIES, NONE)
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--kubeconfig", str(low.kubeconfig), "api"])
    assert (ended.value.code, "there is no Canary api" in capsys.readouterr().err) == (2, True)


def test_it_needs_nothing_of_the_local_rung() -> None:
    local = ["grpc", "google.protobuf", "cryptography", "pyroute2", "canarylab.clusters.local.cri", "canarylab.stack"]
    code = f"import sys, canarylab.cli.verify, canarylab.cli.watch; print([m for m in {local} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_canary_that_is_deleted_meanwhile_is_told(low: Player) -> None:
    low.plays(CANARIES, canary("Progressing", 0), {**canary("Progressing", 0), "deleted": True})
    told = run(low)
    assert (told.exit_code, "the Canary was deleted" in told.output) == (3, True)


def test_pods_that_are_gone_after_a_rollback_were_looked_at_before(low: Player) -> None:
    why = "canary deployment web.shop not ready: waiting for rollout to finish: 0 of 1 updated replicas are available"
    late = 'canary deployment web.shop not ready: deployment "web" exceeded its progress deadline'
    waiting = {"reason": "ImagePullBackOff", "message": "no such image"}
    status = {"containerStatuses": [{"name": "app", "ready": False, "state": {"waiting": waiting}}]}
    pods = {"items": [{"metadata": {"name": "web-1"}, "status": status}]}
    low.on("GET", f"{DEPLOYMENTS}/web", (200, {"spec": {"selector": {"matchLabels": {"app": "web"}}}}))
    low.on("GET", "/api/v1/namespaces/shop/pods", (200, pods), (200, {"items": []}))
    low.gap = 0.5
    low.plays(EVENTS, event(1, "x"), event(2, why), event(3, late), event(4, "Canary failed! Scaling down web.shop"))
    low.plays(CANARIES, *(canary(phase, 0) for phase in ("Initialized", "Progressing", "Progressing", "Failed")))
    told = run(low)
    assert told.exit_code == 1
    assert 'shop/web: rolled back\n  deployment "web" exceeded its progress deadline\n' in told.output
    assert "pod web-1 is not ready: app: ImagePullBackOff: no such image" in told.output
