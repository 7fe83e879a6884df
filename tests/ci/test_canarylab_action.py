"""The action for other repositories: what it installs, how its inputs become options, and the example that calls it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from steps import ROOT, action, arguments, load, workflow

from canarylab.cli import cli, main

EXAMPLE = ROOT / "docs" / "examples" / "repository"
ACTION = action("canarylab")
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
STUB = f"""#!{sys.executable}
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
if sys.argv[1:3] == ["-m", "venv"]:
    os.makedirs(sys.argv[3] + "/bin")
    for name in ("pip", "python"):
        os.symlink(os.path.abspath(__file__), sys.argv[3] + "/bin/" + name)
if sys.argv[1:2] == ["-c"]:
    print(os.environ["SOURCE"])
sys.exit(int(os.environ.get("CODE", "0")) if sys.argv[1] == "run" else 0)
"""
INIT = ["init", "--name", "greeter", "--command", "python3 greeter.py", "--ready", "/ready"]


def stub(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(STUB)
    file.chmod(0o755)


def run(folder: Path, step: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A step in bash, as ``shell: bash`` means it; an input that is not given is its default."""
    known = {name: "" if "inputs." in value else value for name, value in STEPS[step]["env"].items()}
    told = {"RUNNER_TEMP": str(folder), "CALLS": str(folder / "calls"), "GITHUB_OUTPUT": str(folder / "output")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]]
    environ = {**os.environ, **known, **told, **env}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("", "canarylab[local]"),
        ("0.1.0", "canarylab[local]==0.1.0"),
        ("./.canarylab", "./.canarylab[local]"),
        ("git+https://example.com/canarylab@main", "canarylab[local] @ git+https://example.com/canarylab@main"),
    ],
)
def test_what_it_installs(tmp_path: Path, version: str, wanted: str) -> None:
    stub(tmp_path / "path" / "python3")
    (tmp_path / "toolchain").mkdir()
    env = {"PATH": f"{tmp_path / 'path'}:{os.environ['PATH']}", "SOURCE": str(tmp_path / "toolchain")}
    ran = run(tmp_path, "Install canarylab", VERSION=version, **env)
    assert ran.returncode == 0, ran.stderr
    assert arguments(tmp_path / "calls")[1] == ["pip", "install", "--quiet", wanted]
    before = (tmp_path / "output").read_text()
    (tmp_path / "toolchain" / "go.mod").write_text("module another")
    (tmp_path / "canarylab" / "bin" / "pip").unlink()
    (tmp_path / "canarylab" / "bin" / "python").unlink()
    (tmp_path / "canarylab" / "bin").rmdir()
    run(tmp_path, "Install canarylab", VERSION=version, **env)
    assert before != (tmp_path / "output").read_text().removeprefix(before)


def calls(folder: Path, **env: str) -> tuple[int, list[list[str]]]:
    """What the step that runs comes to."""
    for name in ("canarylab", "pytest"):
        stub(folder / "canarylab" / "bin" / name)
    ran = run(folder, "Run", CLUSTER="local", REPORT="out", **env)
    return ran.returncode, arguments(folder / "calls")


def test_inputs_become_options_of_both_programs(
    tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "SCENARIOS": "scenarios/a.yaml b", "TESTS": "tests/canary", "IMAGES": "images.yaml", "MESH": "istio",
        "FLAGGER": "1.43.0", "KUBERNETES": "1.36", "SHARD": "1/2", "SHARD_TIMES": "before", "CONTEXT": "ci",
    }  # fmt: skip
    code, (scenarios, tests) = calls(tmp_path, **given)
    options = [
        "--cluster", "local", "--context", "ci", "--mesh", "istio", "--flagger", "1.43.0", "--kubernetes", "1.36",
        "--images", "images.yaml", "--shard", "1/2", "--shard-times", "before",
    ]  # fmt: skip
    assert code == 0
    assert scenarios == ["canarylab", "run", *options, "--report", "out/run", "scenarios/a.yaml", "b"]
    reports = ["--canary-report", "out/pytest", "--junitxml", "out/pytest/pytest.xml"]
    assert tests == ["pytest", *options, *reports, "tests/canary"]
    assert pytestconfig._parser.parse_known_and_unknown_args(tests[1:])[1] == []
    monkeypatch.chdir(tmp_path)
    for name in ("images.yaml", "before"):
        Path(name).touch()
    command = cli.get_command(click.Context(cli), "run")
    assert command is not None
    command.make_context("run", scenarios[2:])


@pytest.mark.parametrize(("code", "expected"), [("0", 0), ("1", 1), ("3", 3)])
def test_a_failed_scenario_fails_the_job_after_the_tests_have_run(tmp_path: Path, code: str, expected: int) -> None:
    assert calls(tmp_path, SCENARIOS="scenarios", TESTS="tests", CODE=code)[0] == expected
    assert [one[0] for one in arguments(tmp_path / "calls")] == ["canarylab", "pytest"]


def test_without_words_nothing_is_run(tmp_path: Path) -> None:
    assert calls(tmp_path) == (0, [])


def test_each_input_is_used_and_described_in_the_docs() -> None:
    text, page = (ROOT / ".github/actions/canarylab/action.yml").read_text(), (ROOT / "docs/ci.md").read_text()
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text.split("runs:")[1]
    called = workflow("journeys")[True]["workflow_call"]["inputs"]
    sections = page.partition("### The reusable workflow")
    for inputs, section in ((ACTION["inputs"], sections[0]), (called, sections[2])):
        cells = re.findall(r"^\| (`.+?`) \|", section, flags=re.MULTILINE)
        assert set(inputs) <= {name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)}


def test_the_example_calls_both_with_inputs_that_they_have() -> None:
    (step,) = [
        one for one in load(EXAMPLE / ".github/workflows/canary.yml")["jobs"]["canary"]["steps"] if "with" in one
    ][1:]
    assert set(step["with"]) <= set(ACTION["inputs"])
    (job,) = load(EXAMPLE / ".github/workflows/nightly.yml")["jobs"].values()
    assert set(job["with"]) <= set(workflow("journeys")[True]["workflow_call"]["inputs"])
    inner = [one for one in workflow("journeys")["jobs"]["run"]["steps"] if "actions/canarylab" in one["uses"]]
    assert set(inner[0]["with"]) <= set(ACTION["inputs"])


def test_the_example_is_what_init_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the schema, which has a copy in the docs, is left out."""
    (tmp_path / "greeter.py").write_text((EXAMPLE.parent / "greeter" / "greeter.py").read_text())
    monkeypatch.chdir(tmp_path)
    main([*INIT, "--pod", "from ([a-z0-9-]+)"])
    (tmp_path / "scenarios" / "scenario.schema.json").unlink()
    written = {one.relative_to(tmp_path): one.read_text() for one in tmp_path.rglob("*") if one.is_file()}
    assert {name: (EXAMPLE / name).read_text() for name in written} == written
