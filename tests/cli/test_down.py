"""``canarylab down`` ends a local cluster, or removes from another one what a run has left there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from faulty import FaultyServer
from kubernetes import client

from canarylab.cli import main
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.local import registry

SPACES = "/api/v1/namespaces"


def namespace(name: str, run: str, owner: str) -> dict[str, object]:
    made = Mark(run, owner).namespace(name, {}, {})
    return {**made, "metadata": {**made["metadata"], "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"}}


@pytest.fixture
def kubeconfig(api: client.ApiClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a server that has the namespaces of two runs: one whose process lives, and one of another machine."""
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    told = {
        "current-context": "x",
        "clusters": [{"name": "x", "cluster": {"server": api.configuration.host}}],
        "users": [{"name": "x", "user": {"token": "none"}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(told))
    return str(tmp_path / "kubeconfig")


@pytest.fixture
def runs(server: FaultyServer) -> FaultyServer:
    mine, theirs = namespace("mine", "0a0b0c0d", registry.owner()), namespace("theirs", "11111111", "far away")
    server.on("GET", SPACES, (200, {"items": [mine, theirs]}))
    server.on("GET", f"{SPACES}/theirs", (200, theirs), (404, {"message": "gone"}))
    server.on("DELETE", f"{SPACES}/theirs", (200, {}))
    return server


def test_runs_that_may_live_are_told_and_left(
    runs: FaultyServer, kubeconfig: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["down", "--context", "x", "--kubeconfig", kubeconfig])
    said = capsys.readouterr()
    assert said.out == "left there: namespace mine of run 0a0b0c0d\nleft there: namespace theirs of run 11111111\n"
    assert "nothing to remove from x" in said.err
    assert runs.paths("DELETE") == []


def test_a_run_that_is_named_is_removed(
    runs: FaultyServer, kubeconfig: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["down", "--context", "x", "--kubeconfig", kubeconfig, "--run", "11111111"])
    assert "removed from x: namespace theirs" in capsys.readouterr().out
    assert runs.paths("DELETE") == [f"{SPACES}/theirs"]
    assert list((tmp_path / "state" / "existing").iterdir()) == []


@pytest.mark.parametrize("run", ["../..", "0a0b", "/"])
def test_what_is_no_run_is_refused(run: str, kubeconfig: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["down", "--context", "x", "--kubeconfig", kubeconfig, "--run", run])
    assert ended.value.code == 2
    assert "is no run's ID" in capsys.readouterr().err
