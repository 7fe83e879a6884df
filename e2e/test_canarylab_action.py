"""The action for other repositories, its step run as a runner does, in a copy of the repository that shows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "repository"


@pytest.mark.nightly
def test_the_example_repository_passes_its_own_job(tmp_path: Path) -> None:
    project, runner = tmp_path / "project", tmp_path / "runner"
    shutil.copytree(EXAMPLE, project)
    (runner / "canarylab").mkdir(parents=True)
    (runner / "canarylab" / "bin").symlink_to(Path(sys.executable).parent)
    steps = yaml.safe_load((ROOT / ".github/actions/canarylab/action.yml").read_text())["runs"]["steps"]
    (step,) = [one for one in steps if one["name"] == "Run"]
    job = yaml.safe_load((project / ".github/workflows/canary.yml").read_text())["jobs"]["canary"]
    given = {name.upper(): value for name, value in job["steps"][-1]["with"].items() if name != "version"}
    env = dict.fromkeys(step["env"], "") | {"CLUSTER": "local", "REPORT": "report"} | given
    summary = {"RUNNER_TEMP": str(runner), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    ran = subprocess.run(
        command, cwd=project, env={**os.environ, **env, **summary}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for page in ("run/index.html", "run/report.json", "pytest/index.html", "pytest/pytest.xml"):
        assert (project / "report" / page).is_file()
    told = (tmp_path / "summary.md").read_text()
    assert "scenarios/greeter.yaml::greeter" in told
    assert "test_greeter_rollout.py::test" in told.replace("\\", "")
