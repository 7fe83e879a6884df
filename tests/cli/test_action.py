"""The GitHub action's own step, run as a runner does: what it asks of ``canarylab verify``, and what it leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from player import Player
from test_verify import CANARIES, PROMOTED, STEPS, canary

from canarylab.report import files

ACTION = Path(__file__).parents[2] / ".github" / "actions" / "verify" / "action.yml"
STEP, KEEP = yaml.safe_load(ACTION.read_text())["runs"]["steps"][1:]
INPUTS = ("CANARIES", "NAMESPACE", "CONTEXT", "KUBECONFIG_FILE")
_REAL = f"""#!{sys.executable}
from canarylab.cli import main
main()
"""
_ARGUMENTS = '#!/bin/sh\nprintf \'%s\\n\' "$@" > "$RUNNER_TEMP/arguments"\n'


def run(folder: Path, program: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The step in bash, as ``shell: bash`` means it, with a program in the place of the installed one."""
    script, installed = folder / "step.sh", folder / "canarylab" / "bin" / "canarylab"
    installed.parent.mkdir(parents=True)
    installed.write_text(program)
    installed.chmod(0o755)
    script.write_text(STEP["run"])
    env = dict.fromkeys(INPUTS, "") | {"RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(command, env={**os.environ, **env, **inputs}, capture_output=True, text=True, check=False)


def test_its_inputs_become_options(tmp_path: Path) -> None:
    given = {"CANARIES": "web api", "NAMESPACE": "shop", "CONTEXT": "ci", "KUBECONFIG_FILE": "k c"}
    assert run(tmp_path, _ARGUMENTS, **given).returncode == 0
    assert (tmp_path / "arguments").read_text().splitlines() == [
        "verify", "--report", f"{tmp_path}/canarylab-verify", "--namespace", "shop", "--context", "ci",
        "--kubeconfig", "k c", "--", "web", "api",
    ]  # fmt: skip
    assert set(STEP["env"]) == set(INPUTS)


def test_without_inputs_every_canary_is_meant(tmp_path: Path) -> None:
    assert run(tmp_path, _ARGUMENTS).returncode == 0
    assert (tmp_path / "arguments").read_text().splitlines()[-2:] == [f"{tmp_path}/canarylab-verify", "--"]


@pytest.mark.parametrize(
    ("states", "code", "word"), [(PROMOTED, 0, "promoted"), ([*STEPS[:3], ("Failed", 0)], 1, "rolled back")]
)
def test_the_report_is_kept_and_summarised_whatever_the_verdict(
    player: Player, tmp_path: Path, states: list[Any], code: int, word: str
) -> None:
    player.plays(CANARIES, *(canary(*one) for one in states))
    ran = run(tmp_path, _REAL, KUBECONFIG_FILE=str(player.kubeconfig))
    assert ran.returncode == code, ran.stderr
    assert {one.name for one in (tmp_path / "canarylab-verify").iterdir()} == set(files.FORMATS)
    assert f"| shop/web | {word}" in (tmp_path / "summary.md").read_text()
    assert (KEEP["if"], KEEP["with"]["path"]) == ("always()", "${{ runner.temp }}/canarylab-verify")
