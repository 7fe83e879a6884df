"""Demos in a real terminal: what is typed, waited for and expected, how they go wrong, and that nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import playing
import pytest

from canarylab.errors import EnvironmentFault, UsageError
from canarylab.record import session, terminal


def test_lines_are_typed_and_their_output_is_shown() -> None:
    assert "$ echo a\r\na\r\n$ " in playing.shown(playing.cast("echo a")).replace("\x1b[2K", "")


def test_a_line_that_goes_on_is_asked_for_its_rest() -> None:
    shown = playing.shown(playing.cast("for i in 1 2; do \\", "  echo n$i; done"))
    assert "> " in shown
    assert "n1\r\nn2\r\n" in shown


def test_the_terminal_has_its_own_size_locale_zone_and_nothing_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING", "mine")
    shown = playing.shown(playing.cast("stty size; echo $LC_ALL $TZ [$SOMETHING]"))
    assert "29 100\r\n" in shown
    assert "C.UTF-8 UTC []\r\n" in shown


def test_variables_of_the_demo_are_set() -> None:
    assert "[b c]" in playing.shown(playing.cast("#$ env A=b c", 'echo "[$A]"'))


def test_a_program_is_talked_to() -> None:
    shown = playing.shown(
        playing.cast("read -p 'Name? ' name; echo hi $name", r"#$ expect Name\? ", "#$ send Ada\\n", "#$ expect-exit 0")
    )
    assert "Name? Ada\r\nhi Ada\r\n" in shown


def test_a_line_after_an_expectation_goes_to_the_program() -> None:
    made = playing.cast("echo ready; cat", "#$ expect ready", "one", "#$ expect one", "#$ sendcontrol d")
    assert "one\r\none\r\n" in playing.shown(made)


def test_scripts_of_asciinema_automation_play_as_they_are() -> None:
    made = playing.cast("#$ wait 20", "#$ expect \\$ ", "#$ delay 10", "echo a", "#$ expect \\$ ", "#$ send echo b")
    assert playing.shown(made).rstrip("\x1b8").count("echo b") == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["echo", "false", "echo"], "a.demo:2 `false` ended with 1, not with 0"),
        (["true", "#$ expect-exit 1"], "a.demo:1 `true` ended with 0, not with 1"),
        (["sleep 60", "#$ expect-exit 0 within 1s"], "a.demo:1 the end of `sleep 60` did not come within 1 s"),
        (["cat", "#$ expect-within 1s nothing"], "a.demo:2 output like 'nothing' did not come within 1 s"),
        (["false", "#$ expect-within 60s nothing"], "a.demo:1 `false` ended with 1, not with 0"),
        (["exit 3", "echo"], "the shell ended with 3"),
        (["kill -9 $PPID $$; exit 3", "#$ expect-within 60s nothing"], "the shell ended with 3"),
        (["if )"], "a.demo:1 `if )` ended with 2, not with 0"),
    ],
)
def test_what_goes_wrong_is_told_with_its_line(lines: list[str], words: str) -> None:
    assert words in playing.failure(*lines)


def test_a_code_that_is_expected_is_no_failure() -> None:
    playing.cast("false", "#$ expect-exit 1", "exit 3", "#$ expect-exit 3")


def test_what_was_interrupted_may_end_as_it_likes() -> None:
    playing.cast("sleep 60", "#$ sendcontrol c", "echo after")


def test_keys_interrupt_also_where_the_recorder_was_started_deaf_to_them() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        playing.cast("sleep 60", "#$ sendcontrol c", "echo after")
    finally:
        signal.signal(signal.SIGINT, before)


def test_hidden_lines_are_done_and_not_shown() -> None:
    shown = playing.shown(playing.cast("#$ hide", "cd /usr", "echo secretly", "#$ show", "pwd"))
    assert "secretly" not in shown
    assert "$ pwd\r\n/usr\r\n" in shown


def test_what_a_demo_has_started_ends_with_it() -> None:
    name = f"{time.time():.6f}"
    playing.cast(f"(trap '' HUP TERM; setsid sleep 1{name[-7:]} &)", "disown -a; true")
    assert subprocess.run(["pgrep", "-f", f"sleep 1{name[-7:]}"], check=False).returncode == 1


def test_nothing_is_left_of_a_recorder_that_was_killed(tmp_path: Path) -> None:
    mark = f"sleep 2{time.time():.6f}"
    (tmp_path / "a.demo").write_text(f"trap '' HUP; (trap '' HUP; setsid {mark} &)\necho up > {tmp_path}/up\n{mark}\n")
    recorder = subprocess.Popen([sys.executable, "-m", "canarylab", "record", str(tmp_path / "a.demo")])
    while not (tmp_path / "up").exists():
        assert recorder.poll() is None
        os.sched_yield()
    os.kill(recorder.pid, signal.SIGKILL)
    recorder.wait()
    while subprocess.run(["pgrep", "-f", mark], check=False).returncode == 0:
        os.sched_yield()


def test_a_machine_that_allows_no_namespaces_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "contained", lambda _argv: ["sh", "-c", "echo unshare: not permitted; exit 1"])
    with pytest.raises(EnvironmentFault, match="unshare: not permitted") as raised:
        playing.played("echo a")
    assert raised.value.next_step


def test_a_variable_that_is_not_there_is_told_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(UsageError, match="wants the variable NOT_THERE"):
        session.record(playing.script("#$ env NOT_THERE"), Path.cwd(), None, {})
