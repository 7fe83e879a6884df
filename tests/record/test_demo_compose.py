"""Casts: the same bytes for the same demo, whatever the clock did; cuts that can be seen; chapters of a rollout."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import playing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.record import cast as casts
from canarylab.record import chapters, times
from canarylab.record.capture import Began, Capture, Chunk, Failure, Turn
from canarylab.record.cast import CUT, MARKER, Cast
from canarylab.record.compose import Composed, compose
from canarylab.record.script import Instruction, Script

A, B, C, D = "\x1b]133;A\x07", "\x1b]133;B\x07", "\x1b]133;C\x07", "\x1b]133;D;0\x07"
TOY = ("#$ caption Toy", "echo one", "for i in 1 2 3; do echo $i; done", "printf end", "#$ chapter Two", "ls /sys")


def capture(*parts: tuple[float, str | Instruction], turns: tuple[Turn, ...] = ()) -> Capture:
    """What came at which second, and which instructions began."""
    chunks, began, offset = [], [], 0
    for at, part in parts:
        if isinstance(part, str):
            chunks.append(Chunk(at, part))
            offset += len(part)
        else:
            began.append(Began(at, offset, part))
    return Capture(chunks, began, parts[-1][0], turns)


def watched(script: Script, *later: tuple[float, str], turns: tuple[Turn, ...] = ()) -> Composed:
    """A command that shows something now and then."""
    line = script.instructions[0]
    start = ((0.0, f"{D}{A}$ {B}"), (0.1, line), (0.2, f"{line.text}\r\n{C}"))
    last = later[-1][0]
    return compose(script, capture(*start, *later, (last, f"{D}{A}$ {B}"), turns=turns))


def cuts(made: Cast) -> list[str]:
    return [one.data for one in made.of(CUT)]


def test_twenty_casts_of_a_demo_are_the_same_ten_at_a_time() -> None:
    with ThreadPoolExecutor(10) as pool:
        made = set(pool.map(lambda _: casts.write(playing.cast(*TOY)), range(20)))
    assert len(made) == 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20), st.floats(0, 0.05))
def test_how_output_comes_in_pieces_changes_nothing(sizes: list[int], late: float) -> None:
    script = playing.script("x")
    text = f"a\x1b[31mb\x1b[m\r\nc\r\n{D}{A}$ {B}"
    whole = watched(script, (0.3, text))
    ends = [sum(sizes[:number]) for number in range(len(sizes) + 1)]
    pieces = [text[start:end] for start, end in zip(ends, [*ends[1:], len(text)], strict=True)]
    parts = [(0.3 + number * late, piece) for number, piece in enumerate(pieces)]
    assert watched(script, *parts).cast == whole.cast


def test_keys_and_lines_are_events_of_their_own() -> None:
    made = watched(playing.script("xy"), (0.3, "a\r\nb\r\n")).cast
    assert [one.data for one in made.of("o") if "\x1b" not in one.data] == [
        "$ ", "x", "y", "\r\n", "a\r\n", "b\r\n", "$ ", "",
    ]  # fmt: skip


def test_idle_time_is_cut_and_the_cut_is_shown() -> None:
    made = watched(playing.script("x"), (9.0, "a\r\n")).cast
    assert cuts(made) == ["seconds later"]
    assert "▶▶ seconds later" in playing.shown(made)
    assert made.milliseconds < 5000


def test_short_waits_are_not_shown() -> None:
    assert cuts(watched(playing.script("x"), (1.5, "a\r\n")).cast) == []


def test_nothing_idles_for_more_than_two_seconds() -> None:
    script = playing.script("#$ wait 2500", "x", "#$ caption Words that are read", "y")
    wait, line, caption, other = script.instructions
    seen = capture(
        (0.0, f"{D}{A}$ {B}"), (0.0, wait), (2.5, line), (2.6, f"x\r\n{C}"), (9.0, "a\r\n"), (9.1, f"{D}{A}$ {B}"),
        (11.6, caption), (14.1, other), (14.2, f"y\r\n{C}"), (14.3, f"{D}{A}$ {B}"),
    )  # fmt: skip
    made = compose(script, seen).cast
    assert max(later.at - one.at for one, later in itertools.pairwise(made.events)) <= 2000
    assert cuts(made) == ["2.5 s later", "seconds later", "2.5 s later", "2.5 s later"]


@pytest.mark.parametrize("took", [0.1, 30.0])
def test_a_line_that_is_given_time_shows_a_cut_however_long_it_took(took: float) -> None:
    script = playing.script("x", "#$ expect-exit 0 within 60s")
    assert cuts(watched(script, (took, "a\r\n")).cast) == ["up to 60 s later"]


def test_what_a_command_with_time_takes_further_is_told_once() -> None:
    script = playing.script("x", "#$ expect-exit 0 within 60s")
    assert cuts(watched(script, (5.0, "a\r\n"), (12.0, "b\r\n")).cast) == ["up to 60 s later"]


@pytest.mark.parametrize("busy", [0.1, 9.0])
def test_what_the_recorder_does_between_two_lines_is_no_idle_time(busy: float) -> None:
    script = playing.script("x", "y")
    line, other = script.instructions
    seen = capture(
        (0.0, f"{D}{A}$ {B}"), (0.1, line), (0.2, f"x\r\n{C}"), (0.3, f"{D}{A}$ {B}"),
        (0.3 + busy, other), (0.4 + busy, f"y\r\n{C}"), (0.5 + busy, f"{D}{A}$ {B}"),
    )  # fmt: skip
    assert cuts(compose(script, seen).cast) == []


@pytest.mark.parametrize("late", [0.0, 3.0])
@pytest.mark.parametrize("jitter", [-0.3, 0.3])
def test_a_rollout_is_told_in_checks_and_becomes_chapters(late: float, jitter: float) -> None:
    seen = (Turn(10 + late + jitter, "weight 10%", 1, 10.0), Turn(30 + late + jitter, "Succeeded", 2, 10.0))
    lines = ((10 + late, "10\r\n"), (30 + late, "done\r\n"))
    made = watched(playing.script("x"), *lines, turns=seen).cast
    assert cuts(made) == ["1 check later, 10 s", "2 checks later, 20 s"]
    assert [one.data for one in made.of(MARKER)] == ["weight 10%", "Succeeded"]
    assert made == watched(playing.script("x"), (10.0, "10\r\n"), (30.0, "done\r\n"),
                           turns=(replace(seen[0], at=10), replace(seen[1], at=30))).cast  # fmt: skip


def test_a_demo_that_went_wrong_ends_with_a_marker() -> None:
    script = playing.script("x")
    made = compose(script, replace(capture((0.0, f"{D}{A}$ {B}")), failure=Failure("a.demo:1", "it was not so\nmore")))
    assert made.cast.failed == "FAILED a.demo:1: it was not so"
    assert "FAILED a.demo:1" in playing.shown(made.cast)


def test_the_bar_survives_what_clears_the_screen() -> None:
    made = playing.cast("#$ caption Still there", "clear")
    assert playing.shown(made).count("Still there") >= 2


def test_the_side_file_has_real_and_played_seconds_of_each_step() -> None:
    made = watched(playing.script("x"), (9.0, "a\r\n"))
    told = times.of(made)
    assert (told.real, told.steps[0].text, told.steps[0].real) == (9.0, "x", 8.9)
    assert 0 < told.steps[0].played <= told.played == made.cast.milliseconds / 1000


def test_a_cast_is_read_as_it_was_written() -> None:
    made = playing.cast("echo a", "#$ chapter Zwei")
    assert casts.parse(casts.write(made)) == made


def test_chapters_become_a_table() -> None:
    made = watched(playing.script("x"), (10.0, "a\r\n"), turns=(Turn(10.0, "weight 10%", 1, 10.0),)).cast
    rows = chapters.table(made).splitlines()[2:]
    assert rows == ["| 0:00 | Beginning |  |", "| 0:01 | weight 10% | 1 check later, 10 s |"]
