"""The command line on the kind rung: what it says without an engine, and what it lists and ends."""

from __future__ import annotations

import json

import pytest
from fakekind import Fake

from canarylab.cli import main
from canarylab.clusters.kind import cluster, program, record
from canarylab.clusters.kind.asked import Asked
from canarylab.errors import UsageError
from canarylab.joining import of_kind

ASKED = Asked(image="mine/node:v1.34.0")


@pytest.fixture(autouse=True)
def kind(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "find", fake.kind)


def ran(*words: str) -> int:
    """The exit code of a command."""
    try:
        main(list(words))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_up_without_an_engine_is_one_message_and_exit_code_3(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(fake.folder / "empty"))
    assert ran("up", "--cluster=kind") == 3
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "canarylab: a container engine is needed, and none is here",
        "  where: docker or podman is not on PATH",
        "  next:  install Docker or Podman and start it, or run with --cluster local, which needs none",
    ]


def test_doctor_tells_every_finding_of_the_engine_and_its_machine(
    fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("doctor", "--cluster=kind", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cluster"], told["runs"]) == ("kind", True)
    subjects = ["engine", "cgroup", "memory", "disk", "inotify", "ports", "image"]
    assert [one["subject"] for one in told["findings"]] == subjects
    fake.answers("info", code=1, err="no daemon")
    assert ran("doctor", "--cluster=kind") == 3
    assert "The rung kind cannot run on this machine." in capsys.readouterr().out


def test_a_cluster_is_listed_and_ended_by_its_name(fake: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.start("demo", ASKED)
    assert ran("list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["rung"]) == ("demo", "kind")
    assert ran("down", "--name=demo") == 0
    assert "cluster demo is gone" in capsys.readouterr().out
    assert record.every() == []


def test_a_cluster_without_a_stack_can_not_be_attached_to(fake: Fake) -> None:
    cluster.start("demo", ASKED)
    with pytest.raises(UsageError, match="has no stack yet"):
        of_kind.attach("demo")


def test_a_run_on_a_cluster_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("run", "promotion", "--cluster=kind", "--attach=gone") == 2
    assert "there is no kind cluster 'gone'" in capsys.readouterr().err
