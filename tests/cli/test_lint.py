"""``canarylab lint`` tells everything that is wrong, and exits with 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from canarylab.cli import cli

RIGHT = "title: t\nsteps: [{set-image: 6.9.1}]\nexpect: [{plan: all-pass}]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "right.yaml").write_text(RIGHT)
    return tmp_path / "scenarios"


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lint", *arguments])


def test_a_folder_in_which_nothing_is_wrong() -> None:
    told = lint()
    assert (told.exit_code, told.output) == (0, "1 scenario, 0 problems\n")


def test_every_problem_of_every_file_is_told(folder: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(RIGHT.replace("set-image", "set-imge").replace("plan", "plam"))
    told = lint("scenarios")
    assert told.exit_code == 2
    assert told.output.startswith(
        "scenarios/a.yaml:2:10: there is no `set-imge` here\n 2 | steps: [{set-imge: 6.9.1}]\n"
    )
    assert told.output.endswith("\n3 scenarios, 4 problems\n")


def test_problems_as_json(folder: Path) -> None:
    (folder / "a.yaml").write_text(RIGHT.replace("title: t", "title: 5"))
    told = json.loads(lint("--json").output)
    assert (told["files"], len(told["problems"])) == (2, 1)
    assert told["problems"][0] == {
        "file": "scenarios/a.yaml", "line": 1, "column": 8, "text": "title: 5",
        "what": "text is wanted for `title`, not the number 5", "hint": 'put it in quotes: "5"',
    }  # fmt: skip


def test_a_word_that_means_nothing_is_wrong_usage() -> None:
    told = lint("rigt")
    assert "did you mean `right`?" in str(told.exception)
