"""``canarylab record``: exit codes, what is written, and what is told when a demo goes wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from canarylab.cli import main
from canarylab.record import automation, parse
from canarylab.record.script import Expect, Line, Press, Send

ROOT = Path(__file__).parents[2]
# What asciinema-automation needs in order to record anything at all (its prompt is waited for).
THEIRS = "#!/bin/bash\n#$ delay 5\n#$ expect \\$ \necho hello\n#$ wait 100\n#$ expect \\$ \n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "toy.demo").write_text("#$ caption Toy\necho hello\n#$ chapter Two\nsleep 0.1\n")
    return tmp_path / "recordings"


def record(*arguments: str) -> int:
    try:
        main(["record", *arguments])
    except SystemExit as ended:
        return int(str(ended.code))
    return 0


def test_a_demo_is_recorded_and_comes_out_the_same_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (record("toy"), record("toy", "--check"), record("toy")) == (0, 0, 0)
    assert {one.suffix for one in folder.iterdir()} == {".demo", ".cast", ".txt", ".md", ".json"}
    assert capsys.readouterr().out.count("toy: came out the same again") == 2


def test_a_recording_that_is_another_one_fails_the_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record("toy")
    (folder / "toy.demo").write_text("echo other\n")
    assert record("toy", "--check") == 1
    assert "toy was recorded otherwise" in capsys.readouterr().err
    assert "other" not in (folder / "toy.txt").read_text()


def test_a_demo_that_goes_wrong_shows_where_and_keeps_its_cast(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.demo").write_text("echo fine\nls /nowhere\n")
    assert record("bad") == 1
    told = capsys.readouterr().err
    assert "`ls /nowhere` ended with 2, not with 0" in told
    assert "$ ls /nowhere\nls: cannot access '/nowhere'" in told
    assert "where: recordings/bad.demo:2" in told
    assert '"m", "FAILED recordings/bad.demo:2' in (folder / "bad.failed.cast").read_text()
    assert not (folder / "bad.cast").exists()


def test_a_wrong_demo_is_told_with_carets_and_nothing_starts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wrong.demo").write_text("touch started\n#$ captoin\n#$ cluster local\n#$ step {gaet: open}\n")
    assert record("wrong") == 2
    told = capsys.readouterr().err
    assert "recordings/wrong.demo:2:4: there is no directive `captoin`" in told
    assert "recordings/wrong.demo:4:9: there is no `gaet` here" in told
    assert not Path("started").exists()


def test_a_dry_run_tells_the_steps_and_starts_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record("toy", "--dry-run") == 0
    told = capsys.readouterr().out
    assert told.startswith("toy: 4 steps, without a cluster\n  recordings/toy.demo:1: #$ caption Toy\n")
    assert [one.name for one in folder.iterdir()] == ["toy.demo"]


def test_a_demo_that_is_not_there_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert record("tyo") == 2
    assert "did you mean toy?" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("asciinema-automation") is None, reason="pip install asciinema-automation")
def test_scripts_of_asciinema_automation_are_played_by_it(folder: Path) -> None:
    (folder / "theirs.demo").write_text(THEIRS)
    assert record("theirs", "--engine", "asciinema-automation") == 0
    assert "hello" in (folder / "theirs.cast").read_text()


def test_our_directives_are_not_given_to_that_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert record("toy", "--engine", "asciinema-automation") == 2
    assert "`caption` is ours, and asciinema-automation passes over it" in capsys.readouterr().err


def test_a_program_that_is_missing_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "theirs.demo").write_text(THEIRS)
    monkeypatch.setenv("PATH", "/nowhere")
    assert record("theirs", "--engine", "asciinema-automation") == 3
    assert f"the program {automation.PROGRAM} is missing" in capsys.readouterr().err


def test_that_program_reads_the_same_out_of_a_script() -> None:
    theirs = pytest.importorskip("asciinema_automation.parse", reason="pip install asciinema-automation")
    text = THEIRS + "#$ send a\\x41\\n\n#$ sendcharacter \\n\nls \\\n  /\n#$ sendcontrol c\n#$ sendarrow up 3\n"
    Path("a.sh").write_text(text)
    kinds = {"ExpectInstruction": (Expect, "pattern", "expect_value"), "SendInstruction": (Send, "keys", "send_value"),
             "SendShellInstruction": (Line, "text", "send_value"),
             "SendCharacterInstruction": (Press, "keys", "send_value")}  # fmt: skip
    ours = parse.read(Path("a.sh")).instructions
    told = theirs.parse_script_file(Path("a.sh"), 30)
    assert len(ours) == len(told)
    for mine, other in zip(ours, told, strict=True):
        kind, field, named = kinds.get(type(other).__name__, (type(mine), "text", ""))
        assert isinstance(mine, kind)
        assert not named or getattr(mine, field) == getattr(other, named)
