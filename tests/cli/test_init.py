"""``canarylab init`` writes a project, says what comes next, overwrites nothing, and tells what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from canarylab.cli import cli
from canarylab.errors import UsageError

FILES = [
    "deploy/greeter.yaml", "deploy/canary.yaml", "fixtures/images.yaml", "scenarios/greeter.yaml",
    "scenarios/scenario.schema.json", "tests/canary/conftest.py", "tests/canary/test_greeter_rollout.py",
]  # fmt: skip
GREETER = ("--name", "greeter", "--command", "sh run.sh")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["init", *arguments])


def written(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def refused(*arguments: str) -> UsageError:
    """What is said of wrong usage: it names what, where and what next."""
    error = init(*arguments).exception
    assert isinstance(error, UsageError)
    assert error.where
    assert error.next_step
    return error


def test_it_names_the_files_and_the_commands_that_come_next(folder: Path) -> None:
    told = init(*GREETER)
    assert told.exit_code == 0, told.output
    assert [line.split()[1] for line in told.output.splitlines() if line.startswith("wrote ")] == FILES
    assert written(folder) == sorted(FILES)
    assert "  canarylab run scenarios/greeter.yaml --images fixtures/images.yaml\n" in told.output
    assert "  pytest tests/canary --images fixtures/images.yaml\n" in told.output


def test_what_it_writes_is_collected_and_lints(folder: Path) -> None:
    init(*GREETER)
    linted = CliRunner().invoke(cli, ["lint"])
    assert (linted.exit_code, linted.output) == (0, "1 scenario, 0 problems\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q"], capture_output=True, text=True, check=False
    )
    assert ran.stdout.splitlines()[:2] == [
        "scenarios/greeter.yaml::greeter",
        "tests/canary/test_greeter_rollout.py::test_a_good_revision_is_promoted",
    ]


def test_another_folder_is_made(folder: Path) -> None:
    told = init("a/b", *GREETER)
    assert "  cd a/b\n" in told.output
    assert written(folder / "a" / "b") == sorted(FILES)


def test_a_dry_run_prints_and_writes_nothing(folder: Path) -> None:
    told = init(*GREETER, "--dry-run")
    assert [f"# {name}" in told.output for name in FILES] == [True] * len(FILES)
    assert "kind: Canary" in told.output
    assert written(folder) == []


def test_files_that_are_there_are_named_and_stay(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "greeter.yaml").write_text("mine")
    assert "1 of the files is there already: scenarios/greeter.yaml" in refused(*GREETER).what
    assert written(folder) == ["scenarios/greeter.yaml"]
    assert init(*GREETER, "--force").exit_code == 0
    assert (folder / "scenarios" / "greeter.yaml").read_text() != "mine"


@pytest.mark.parametrize("text", ["kind: Deployment\napiVersion: apps/v1\nmetadata: {name: web}\n", ""])
def test_a_canary_file_without_a_canary(folder: Path, text: str) -> None:
    (folder / "canary.yaml").write_text(text)
    error = refused("--canary", "canary.yaml", "--command", "sh x")
    assert (error.what, error.where, error.exit_code) == ("no Canary stands there", "canary.yaml", 2)


def test_a_file_that_is_not_there_or_no_yaml(folder: Path) -> None:
    assert "cannot be read" in refused("--manifests", "nowhere.yaml").what
    (folder / "web.yaml").write_text("a: [")
    assert "not YAML" in str(init("--manifests", "web.yaml").exception)


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    (folder / "file").write_text("")
    assert "the folder cannot be written" in refused("file", *GREETER).what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spec: {}", "Canary web cannot be read: it has no 'service'"),
        ("spec: {service: {port: 80}, targetRef: {}}", "Canary web cannot be read: it has no 'kind'"),
        ("spec: 5", "Canary web cannot be read"),
    ],
)
def test_a_canary_that_is_not_whole(folder: Path, text: str, said: str) -> None:
    (folder / "canary.yaml").write_text(
        f"kind: Canary\napiVersion: flagger.app/v1beta1\nmetadata: {{name: web}}\n{text}\n"
    )
    assert said in refused("--canary", "canary.yaml", "--command", "sh x").what


def test_an_object_without_a_name(folder: Path) -> None:
    (folder / "web.yaml").write_text("kind: Canary\napiVersion: flagger.app/v1beta1\nspec: {}\n")
    assert refused("--manifests", "web.yaml").what == "a Canary has no name in its metadata"
