"""What a recording leaves: files that change only with the cast, and no secret in any of them."""

from __future__ import annotations

from pathlib import Path

import playing
import pytest

from canarylab.errors import UsageError, VerdictError
from canarylab.record import files, masks, screen
from canarylab.record.files import Recording
from canarylab.record.session import Recorded

SECRET = "s3cr3t-v4lue"
SPLIT = f"printf {SECRET[:6]}; sleep 0.2; printf '\\x1b[31m'; echo {SECRET[6:]}"


def recording(done: Recorded) -> Recording:
    return files.of("a", done.composed, done.secrets)


def test_a_secret_in_two_pieces_is_in_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MY_TOKEN", SECRET)
    done = playing.played("#$ env MY_TOKEN", "echo $MY_TOKEN", SPLIT, "#$ mask v4lue -> wert")
    made = recording(done)
    made.keep(tmp_path)
    assert sorted(one.suffix for one in tmp_path.iterdir()) == [".cast", ".json", ".md", ".txt"]
    assert not any(SECRET in one.read_text() for one in tmp_path.iterdir())
    assert SECRET not in masks.plain(playing.shown(done.composed.cast))
    assert playing.shown(done.composed.cast).count("***") >= 2


def test_a_secret_that_is_typed_is_masked_too() -> None:
    done = playing.played("#$ mask hunter\\d", "echo hunter2 # hunter3")
    assert "hunter" not in masks.plain(playing.shown(done.composed.cast))
    assert "hunter" not in recording(done).texts[".json"]


def test_a_secret_that_is_still_there_fails_the_recording() -> None:
    done = playing.played("echo abc")
    with pytest.raises(VerdictError, match="a secret is still in a"):
        files.of("a", done.composed, masks.values(["echo abc"]))


def test_nothing_is_written_anew_that_has_not_changed(tmp_path: Path) -> None:
    first, again = recording(playing.played("sleep 0.2; echo a")), recording(playing.played("sleep 0.2; echo a"))
    assert len(first.keep(tmp_path)) == 4
    side = (tmp_path / "a.json").read_text()
    assert again.keep(tmp_path) == []
    assert (tmp_path / "a.json").read_text() == side


def test_a_recording_that_comes_out_otherwise_is_shown_line_by_line(tmp_path: Path) -> None:
    recording(playing.played("echo a")).keep(tmp_path)
    recording(playing.played("echo a")).check(tmp_path)
    with pytest.raises(VerdictError, match=r"(?s)a was recorded otherwise.*\+.*echo b|b"):
        recording(playing.played("echo b")).check(tmp_path)


def test_screens_are_kept_as_text() -> None:
    made = playing.cast("echo a", "#$ chapter Two", "#$ caption Words", "echo b")
    first, second = screen.text(made).split("\n\n== ")
    assert first.splitlines()[1:] == ["$ echo a", "a", "$"]
    assert second.splitlines()[1:] == ["$ echo a", "a", "$ echo b", "b", "$", "", " Words"]


def test_an_unknown_name_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "promote.demo").touch()
    with pytest.raises(UsageError) as raised:
        files.find("promot", tmp_path, ".demo")
    assert raised.value.next_step == "did you mean promote?"
