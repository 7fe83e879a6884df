"""Turns what came of a demo into its cast: the same capture, or one that differs in time only, gives the same bytes.

Structure comes from what the terminal sent, never from when: the prompt's marks tell prompts, typing and output apart,
output is shown a line at a time, and keys come at a pace that the demo's name seeds. Of the real clock only idle time
above two seconds is left, as a cut that the bar names: in checks of the model while a rollout goes on. Pure.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from canarylab.record import masks
from canarylab.record.capture import Began, Capture, Turn
from canarylab.record.cast import FAILED, Cast
from canarylab.record.masks import USUAL, Masked
from canarylab.record.reel import Reel
from canarylab.record.script import (
    AfterCheck,
    Assert,
    Caption,
    Chapter,
    Delay,
    Expect,
    Hide,
    Instruction,
    Line,
    Mask,
    Script,
    Send,
    Show,
    Wait,
)
from canarylab.record.terminal import MARKS

IDLE = 2.0  # seconds; what is longer is cut
LINE = 30  # milliseconds between lines of output
_LATE = "seconds later"
_THINK, _ENTER = 500, 150  # before a line is typed, and after it
_PACE, _SPREAD = 45.0, 15.0  # milliseconds between keys
CAUSED = 1.0  # seconds within which what is shown belongs to a rollout's turn
_KEY = re.compile(rf"(?:[^\x1b\r\x08]|\r\n)(?:{masks.CONTROL.pattern})*|(?:{masks.CONTROL.pattern})+|[\s\S]")


@dataclass(frozen=True)
class Played:
    """A step as it stands in the side file: real and played seconds."""

    where: str
    text: str
    real: float
    played: float


@dataclass(frozen=True)
class Point:
    """A turn of a rollout at its place in the cast, in milliseconds."""

    at: int
    turn: Turn


@dataclass(frozen=True)
class Composed:
    """A cast, and what only the side file tells."""

    cast: Cast
    steps: Sequence[Played]
    points: Sequence[Point]
    seconds: float


def compose(script: Script, capture: Capture, secrets: Sequence[Mask] = ()) -> Composed:
    """The cast. ``secrets`` are masks beside those of the script."""
    return _Composer(script, capture, secrets).all()


class _Composer:
    """One walk through a capture. ``_area`` is the letter of the prompt's last mark."""

    def __init__(self, script: Script, capture: Capture, secrets: Sequence[Mask]) -> None:
        self._script, self._capture = script, capture
        self._masked: Masked = masks.apply(capture.text, (*script.masks, *masks.FORMS, *secrets))
        self._reel = Reel()
        self._turns, self._points = list(capture.turns), list[Point]()
        self._starts: list[tuple[Began, int]] = []
        self._area, self._partial, self._prompt = "D", "", ""
        self._hidden = self._typing = self._prompted = False
        self._echo = ""  # what a program is to show of what is typed into it
        self._real = self._first = capture.chunks[0].at if capture.chunks else capture.ended
        self._wait, self._pace = -1, _PACE
        self._late, self._slow = _LATE, ""  # what is said of idle time, and what is said in any case
        self._covered = False  # whether that was said, and so covers what else the command takes
        self._waits = False  # whether the demo itself waits at the prompt; else only the recorder is busy there

    def all(self) -> Composed:
        for start, end, item in self._items():
            if isinstance(item, Began):
                self._begin(item)
            elif isinstance(item, re.Match):
                self._mark(item[1], self._when(start))
            else:
                self._text(self._masked.text[start:end], start)
        self._flush(self._capture.ended)
        self._at_prompt(self._capture.ended)
        if failure := self._capture.failure:
            self._reel.alarm(f"{FAILED} {failure.where}: {failure.what.splitlines()[0]}")
        cast = self._reel.cast(self._script.name)
        return Composed(cast, tuple(self._steps()), tuple(self._points), self._capture.ended - self._first)

    def _items(self) -> Iterator[tuple[int, int, Began | re.Match[str] | None]]:
        """Texts, the prompt's marks and instructions, in order, each with its place in the masked text."""
        text, at = self._masked.text, 0
        cuts: list[tuple[int, int, Began | re.Match[str]]]
        cuts = [(one.start(), one.end(), one) for one in MARKS.finditer(text)]
        cuts += [(place, place, one) for one in self._capture.began for place in [self._masked.moved(one.offset)]]
        for start, end, item in sorted(cuts, key=lambda one: (one[0], one[1])):
            yield at, max(at, start), None
            yield start, end, item
            at = max(at, end)
        yield at, len(text), None

    def _when(self, offset: int) -> float:
        """The second at which the letter before a place of the masked text came."""
        return self._capture.when(self._masked.origin(offset))

    def _steps(self) -> Iterator[Played]:
        ends = [*((began.at, now) for began, now in self._starts[1:]), (self._capture.ended, self._reel.now)]
        for (began, now), (at, then) in zip(self._starts, ends, strict=False):
            yield Played(began.instruction.where, began.instruction.text, at - began.at, (then - now) / 1000)

    # Instructions.

    def _begin(self, began: Began) -> None:
        one = began.instruction
        self._pause()
        self._at_prompt(began.at)
        self._starts.append((began, self._reel.now))
        self._late, self._slow, self._covered = _late(one), _slow(one), False
        self._waits = isinstance(one, Assert | AfterCheck | Expect)
        if isinstance(one, Hide | Show):
            self._hide(isinstance(one, Hide))
        elif isinstance(one, Wait):
            self._wait = one.milliseconds
        elif isinstance(one, Delay):
            self._pace = float(one.milliseconds)
        elif isinstance(one, Line | Send):
            self._about_to_type(one)
        elif not self._hidden and isinstance(one, Caption):
            self._reel.caption(one.words)
        elif not self._hidden and isinstance(one, Chapter):
            self._reel.marker(one.title)

    def _pause(self) -> None:
        """The script's own wait before each instruction, which is real time too."""
        if self._wait > 0 and not self._hidden:
            self._real += self._wait / 1000
            if self._wait > 1000 * IDLE:
                self._reel.cut(f"{self._wait / 1000:g} s later")
            else:
                self._reel.wait(self._wait)

    def _hide(self, hidden: bool) -> None:
        self._hidden = hidden
        if not hidden and self._area == "B" and not self._prompted:
            self._show_prompt(self._prompt)

    def _about_to_type(self, one: Line | Send) -> None:
        self._random = random.Random(f"{self._script.name}:{one.text}")  # noqa: S311 - a pace, and always the same
        self._typing, self._echo = self._area in "BQ", (one.text if isinstance(one, Line) else one.keys).strip()
        if not self._hidden:
            self._reel.quiet()
            self._reel.wait(_THINK if self._wait < 0 else 0)

    # What the terminal sent.

    def _mark(self, letter: str, real: float) -> None:
        if letter in "CD":
            self._flush(real)
        if letter == "D":
            self._idle(real)
        if letter in "AC":
            self._typing = False
        self._typing = self._typing or letter == "Q"
        self._area = letter

    def _text(self, text: str, start: int) -> None:
        if self._area in "AP":
            self._show_prompt(text)
        elif self._area in "BQ" and self._typing:
            self._type(text)
        else:
            self._partial += text
            self._lines(start + len(text))

    def _lines(self, end: int) -> None:
        """Shows the lines that are whole, and what was typed into a program as it is typed."""
        if self._echo and self._area == "C" and self._echo in self._partial:
            before, _, after = self._partial.partition(self._echo)
            typed, self._echo, self._partial = self._echo, "", before
            self._lines(end - len(after) - len(typed))
            self._flush(self._when(end - len(after)))
            self._type(typed)
            self._partial = after
        while "\n" in self._partial:
            line, _, self._partial = self._partial.partition("\n")
            self._output(f"{line}\n", self._when(end - len(self._partial)))

    def _flush(self, real: float) -> None:
        """Shows a line that has no end."""
        self._echo, text, self._partial = "", self._partial, ""
        if text:
            self._output(text, real)

    def _output(self, text: str, real: float) -> None:
        self._idle(real)
        if not self._hidden:
            self._reel.put(masks.apply(text, USUAL).text)
            self._reel.wait(LINE)

    def _show_prompt(self, text: str) -> None:
        self._prompt = text
        if not self._hidden:
            self._reel.put(text)
            self._prompted = True

    def _type(self, text: str) -> None:
        if self._hidden:
            return
        for key in _KEY.findall(text):
            self._reel.wait(_ENTER if key.startswith("\r\n") else self._key())
            self._reel.put(key)
        self._prompted = False

    def _key(self) -> int:
        return round(abs(self._random.gauss(self._pace, _SPREAD if self._pace else 0)))

    # Time.

    def _idle(self, real: float) -> None:
        """What went by until this second: turns of rollouts, or time that is too long to be watched."""
        gap, self._real = real - self._real, max(real, self._real)
        if self._hidden:
            return
        passed = [one for one in self._turns if one.at - CAUSED <= real]
        self._turns = self._turns[len(passed) :]
        for one in passed:
            self._turn(one)
        if not passed and not self._covered and (self._slow or gap > IDLE):
            self._reel.cut(self._slow or self._late)
            self._covered = bool(self._slow)
        self._slow = ""

    def _at_prompt(self, real: float) -> None:
        """The same, but of nothing else than turns where the recorder alone was busy."""
        if self._area in "BQ" and not self._waits:
            self._real = real
        self._idle(real)

    def _turn(self, turn: Turn) -> None:
        self._points.append(Point(self._reel.now, turn))
        self._reel.marker(turn.title)
        checks = f"{turn.checks} check{'s' * (turn.checks != 1)} later"
        self._reel.cut(f"{checks}, {turn.checks * turn.interval:g} s", turn.title)


def _late(one: Instruction) -> str:
    """What is said of idle time in an instruction."""
    within = one.within if isinstance(one, Assert | Expect) else None
    return f"up to {within:g} s later" if within else _LATE


def _slow(one: Instruction) -> str:
    """What is said of an instruction that takes time by itself, however long it took."""
    if isinstance(one, AfterCheck):
        return "up to one check later"
    return f"up to {one.within:g} s later" if isinstance(one, Line) and one.within else ""
