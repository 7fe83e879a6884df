"""``canarylab versions``: the axes, what is newer, and one table of several runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from canarylab.cli.versions import command
from canarylab.errors import UsageError
from canarylab.report import versions
from canarylab.report.versions import Shown
from canarylab.toolchain import newer, profiles
from canarylab.toolchain.newer import Newer


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_it_tells_both_axes_and_the_historical_profile() -> None:
    told = run().output
    assert all(f"Kubernetes {one.release}" in told for one in profiles.kubernetes())
    assert ", ".join(profiles.flagger()) in told
    assert all(words in told for words in ("SuperGloo 0.3", "Istio 1.0.6", "Flagger 0.17.0", "for kind"))


def test_the_same_is_json() -> None:
    told = json.loads(run("--json").output)
    assert [one["release"] for one in told["kubernetes"]] == [one.release for one in profiles.kubernetes()]
    assert told["historical"]["rung"] == "kind"


@pytest.mark.parametrize("found", [[], [Newer("example.com/a", "v1.0.0", "v1.1.0")]])
def test_it_tells_what_is_newer(found: list[Newer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newer, "ask", lambda: found)
    told = "example.com/a: v1.1.0 is there, v1.0.0 is pinned" if found else "nothing newer than what is pinned"
    assert run("--newer").output == f"{told}\n"
    assert len(json.loads(run("--newer", "--json").output)) == len(found)


def test_one_table_is_made_of_several_runs(tmp_path: Path) -> None:
    for release in ("1.43.0", "1.41.0"):
        versions.write([Shown("1.37.2", release, "promoted", 80, free=True)], tmp_path / release)
    folders = [word for release in ("1.43.0", "1.41.0") for word in ("--table", str(tmp_path / release))]
    assert [line.split()[1] for line in run(*folders).output.splitlines()[1:3]] == ["1.43.0", "1.41.0"]
    assert "| 1.37.2 | 1.41.0 | yes |" in run(*folders, "--markdown").output


def test_folders_without_such_a_run_are_wrong_usage(tmp_path: Path) -> None:
    assert isinstance(run("--table", str(tmp_path)).exception, UsageError)
    assert isinstance(run("--markdown").exception, UsageError)
