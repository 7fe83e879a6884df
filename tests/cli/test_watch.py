"""``canarylab watch`` waits for Canaries, goes on with few rights, and tells what a canary waits for."""

from __future__ import annotations

from click.testing import CliRunner
from player import Player
from test_verify import CANARIES, FORBIDDEN, NONE, canary

from canarylab.cli import cli

GATE = {"name": "ask", "type": "confirm-rollout", "url": "http://gate/"}


def watch(player: Player, *arguments: str) -> str:
    told = CliRunner().invoke(cli, ["watch", "--kubeconfig", str(player.kubeconfig), "-n", "shop", *arguments])
    assert told.exit_code == 0, told.output
    return told.output


def test_what_a_canary_waits_for_is_told_with_few_rights(player: Player) -> None:
    player.plays(CANARIES, canary("Initialized", 0, 0, GATE), canary("Waiting", 0, 0, GATE))
    player.on("GET", "/api/v1/namespaces/shop/events", FORBIDDEN)
    told = watch(player, "--seconds", "1.5", "--provider", "kubernetes")
    assert "shop/web     +" in told
    assert "waits:   the gate ask (confirm-rollout) is closed" in told


def test_it_waits_for_a_canary_that_is_not_there_yet(player: Player) -> None:
    item = canary("Initialized", 0)
    item["metadata"]["resourceVersion"] = "1"
    player.on("GET", CANARIES, NONE, (200, {"items": [item], "metadata": {"resourceVersion": "1"}}))
    told = watch(player, "--seconds", "2.5", "--json")
    assert "there is no Canary at all in namespace shop yet; waiting for it" in told
    assert '"canary": "shop/web"' in told
