"""Plays a demo: types its lines into the shell, waits for what it expects, and stops at the first thing that is wrong.

Nothing waits without a bound, and no wait outlives the shell, the cluster, or a command that ended as it must not.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from canarylab.clock import Clock, SystemClock
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.process import namespaces
from canarylab.record.capture import Began, Capture, Failure, Turn
from canarylab.record.script import (
    AfterCheck,
    Assert,
    CanaryName,
    End,
    Expect,
    Hide,
    Instruction,
    Line,
    Press,
    Script,
    Send,
    Show,
    Step,
    Wait,
)
from canarylab.record.terminal import MARKS, Terminal

BOUND = 30.0  # seconds for output and for a command's end, where the script names no other
_GLANCE = 0.05
_GRACE = 0.5  # seconds in which a command that is about to end may do so before what comes after it begins
_QUIET = 1.0  # seconds without output after which a screen shows all that an event has caused
_ECHO = 2.0  # seconds for a program to show what was typed into it, if it does
_STARTED = 10.0  # seconds for a program that the shell has begun to take the keys; milliseconds are usual


class Stage(Protocol):
    """The cluster that a demo plays on, as far as its directives reach for it."""

    def look(self) -> None:
        """Follows those Canaries of the script that are there now."""

    def failure(self) -> str | None:
        """Why there is no use in going on."""

    def holds(self, asked: Assert) -> bool:
        """Whether a Canary is as it has to be; CanarylabError when it cannot come to that any more."""

    def bound(self, asked: Assert) -> float:
        """Seconds after which it would have come."""

    def until_check(self, canary: CanaryName) -> float:
        """Seconds until Flagger will just have looked."""

    def do(self, step: Step) -> None:
        """Does a step of a scenario."""

    def turns(self) -> list[Turn]:
        """The stages that rollouts have come to."""


class _Wrong(Exception):
    """Ends the demo: ``where`` and what."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(what)
        self.failure = Failure(where, what)


class _Over(Exception):
    """The shell has ended, and nothing was to come."""


class Player:
    """One playing of one script. ``stage`` is None for a demo that needs no cluster."""

    def __init__(
        self, script: Script, terminal: Terminal, stage: Stage | None = None, clock: Clock | None = None
    ) -> None:
        self._terminal, self._stage = terminal, stage
        self._clock = clock or SystemClock()
        self._text, self._scanned, self._read = "", 0, 0
        self._marks: list[tuple[str, int, int]] = []  # each mark of the prompt: its letter, exit code and end
        self._began: list[Began] = []
        self._now = Instruction("", "")
        self._left = script.instructions  # what is still to begin
        self._running: Line | None = None  # the last line, until its end was looked at
        self._since = 0  # the marks that there were before it
        self._shell = b""  # its command line
        self._handed = False  # whether the script itself says when the program that runs wants what comes next
        self._interrupted = False
        self._pause = 0.0

    def play(self) -> Capture:
        """Everything, or until something is wrong; EnvironmentFault where no shell can be had."""
        self._await_shell()
        failure = None
        with contextlib.suppress(_Over):
            failure = self._failure()
        ended = self._clock.monotonic()
        turns = self._stage.turns() if self._stage else []
        return Capture(tuple(self._terminal.chunks), self._began, ended, turns, failure)

    def _await_shell(self) -> None:
        try:
            self._until(self._at_prompt, BOUND, "the shell's first prompt")
        except _Wrong as wrong:
            said = self._text.strip() or wrong.failure.what
            what = f"no shell could be started in namespaces of its own: {said}"
            raise EnvironmentFault(what, next_step=namespaces.why_forbidden()) from wrong
        self._shell = self._terminal.program()

    def _failure(self) -> Failure | None:
        """Plays; what went wrong."""
        try:
            while self._left:
                self._begin(self._left[0])
            self._finish()
        except _Wrong as wrong:
            return wrong.failure
        except CanarylabError as error:
            return Failure(self._now.where, str(error))
        return None

    def _begin(self, one: Instruction) -> None:
        self._rest(self._pause)
        if isinstance(one, _AFTER) or not (self._handed or isinstance(one, _WHILE_RUNNING)):
            self._to_prompt(grace=not isinstance(one, End))
        self._now, self._left = one, self._left[1:]
        self._began.append(Began(self._clock.monotonic(), len(self._text), one))
        if act := _ACTS.get(type(one)):
            act(self, one)

    def _finish(self) -> None:
        """What still runs has to end, unless the script is in the middle of a program."""
        if not self._handed:
            self._to_prompt()
        self._judge()

    # What each instruction does.

    def _line(self, one: Line) -> None:
        if not self._at_prompt():
            self._type(one.text + "\r")
            return
        self._running, self._handed, self._interrupted = one, False, False
        self._since = len(self._marks)
        for part in one.text.split("\n"):
            self._terminal.write(part + "\r")
            self._until(self._answered(len(self._marks)), BOUND, "the shell's answer")
        began = [end for letter, _, end in self._marks[self._since :] if letter == "C"]
        self._read = began[0] if began else len(self._text)

    def _answered(self, before: int) -> Callable[[], bool]:
        """Whether the shell has begun a command, asks for the rest of it, or has refused it."""
        return lambda: any(letter in "QCD" for letter, _, _ in self._marks[before:])

    def _send(self, one: Send) -> None:
        self._type(one.keys)
        self._handed = True

    def _type(self, keys: str) -> None:
        """Types into whatever runs, and waits until it is shown; a program that shows nothing is waited for in vain."""
        self._terminal.write(keys)
        shown = keys.strip()
        deadline = self._clock.monotonic() + _ECHO
        while (place := self._text.find(shown, self._read)) < 0 and self._clock.monotonic() < deadline:
            self._pump()
        self._read = len(self._text) if place < 0 else place + len(shown)

    def _press(self, one: Press) -> None:
        if one.ends and self._runs():
            self._await_program()
        self._terminal.write(one.keys)
        self._handed, self._interrupted = not one.ends, self._interrupted or one.ends

    def _await_program(self) -> None:
        """Waits until the program that was started gets the keys; what the shell does itself is waited for in vain."""
        deadline = self._clock.monotonic() + _STARTED
        while self._runs() and self._terminal.program() in (self._shell, b"") and self._clock.monotonic() < deadline:
            self._pump()

    def _expect(self, one: Expect) -> None:
        pattern = re.compile(one.pattern, re.DOTALL)

        def seen() -> bool:
            found = pattern.search(MARKS.sub(_blank, self._text), self._read)
            self._read = found.end() if found else self._read
            return found is not None

        self._until(seen, one.within or BOUND, f"output like {one.pattern!r}")
        self._handed = self._runs()

    def _assert(self, one: Assert) -> None:
        stage = self._on_cluster()
        wanted = ", ".join(f"{name} {value}" for name, value in one.wanted.items())
        self._until(lambda: stage.holds(one), one.within or stage.bound(one), f"{one.canary} with {wanted}")
        if self._runs():
            self._settle()
            self._handed = self._runs()

    def _after_check(self, one: AfterCheck) -> None:
        self._rest(self._on_cluster().until_check(one.canary))

    def _step(self, one: Step) -> None:
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(self._on_cluster().do, one)
            while not done.done():
                self._pump()
        done.result()

    def _wait(self, one: Wait) -> None:
        self._pause = one.milliseconds / 1000

    # The shell, as its marks tell of it.

    def _at_prompt(self) -> bool:
        return bool(self._marks) and self._marks[-1][0] == "B"

    def _runs(self) -> bool:
        """Whether a command is running now."""
        return bool(self._marks) and self._marks[-1][0] == "C"

    def _to_prompt(self, *, grace: bool = False) -> None:
        """Waits for the end of what runs. With ``grace`` a program that the script has handed over to may go on."""
        if grace and self._handed and self._runs():
            deadline = self._clock.monotonic() + _GRACE
            while self._runs() and self._clock.monotonic() < deadline:
                self._pump()
            if self._runs():
                return
        running = self._running
        words = f"the end of `{running.text}`" if running else "the shell's prompt"
        self._until(self._at_prompt, (running.within if running else None) or BOUND, words)
        self._judge()
        if running and self._stage:
            self._stage.look()
        self._running, self._handed = None, False

    def _judge(self) -> None:
        """A command that has ended with another code than it has to fails the demo."""
        one = self._running
        codes = [code for letter, code, _ in self._marks[self._since :] if letter == "D"]
        if one and codes and codes[0] != one.exit and (one.told or not self._interrupted):
            raise _Wrong(one.where, f"`{one.text}` ended with {codes[0]}, not with {one.exit}")

    # Time and the terminal.

    def _until(self, ready: Callable[[], bool], bound: float, words: str) -> None:
        deadline = self._clock.monotonic() + bound
        while not ready():
            self._pump()
            self._judge()
            if self._clock.monotonic() > deadline:
                raise _Wrong(self._now.where, f"{words} did not come within {bound:g} s")

    def _rest(self, seconds: float) -> None:
        deadline = self._clock.monotonic() + seconds
        while self._clock.monotonic() < deadline:
            self._pump()

    def _settle(self) -> None:
        """Waits until nothing has come for a while, three times that at most."""
        deadline, last = self._clock.monotonic() + 3 * _QUIET, self._clock.monotonic()
        while self._clock.monotonic() < min(deadline, last + _QUIET):
            if self._pump():
                last = self._clock.monotonic()

    def _pump(self) -> bool:
        """Takes what the terminal sends now; whether something came."""
        text = self._terminal.read(_GLANCE)
        if text is None:
            self._ended(self._terminal.exit_code())
            return False
        if self._stage and (why := self._stage.failure()):
            raise _Wrong(self._now.where, why)
        self._text += text
        for mark in MARKS.finditer(self._text, self._scanned):
            self._marks.append((mark[1], int(mark[2] or 0), mark.end()))
            self._scanned = mark.end()
        return bool(text)

    def _ended(self, code: int | None) -> None:
        """The shell's own end: what the last line may come to, and wrong everywhere else."""
        running, last = self._running, all(isinstance(one, End) for one in self._left)
        if last and running and code == running.exit:
            raise _Over
        raise _Wrong(self._now.where, f"the shell ended with {code}")

    def _on_cluster(self) -> Stage:
        assert self._stage is not None  # noqa: S101 - the parser asks for a cluster
        return self._stage


def _blank(mark: re.Match[str]) -> str:
    """As long as a mark, and nothing that could be expected."""
    return "\0" * len(mark[0])


# What comes after the end of a command that is about to end, also where the script has typed into it: the last words of
# such a command are neither hidden nor shown by what stands behind it.
_AFTER = (Line, End, Hide, Show)
# What goes on while a command runs; everything else comes after its end.
_WHILE_RUNNING = (Line, Expect, Send, Press, Assert, Wait)
_ACTS: Mapping[type[Instruction], Callable[[Player, Any], None]] = {
    Line: Player._line,
    Send: Player._send,
    Press: Player._press,
    Expect: Player._expect,
    Assert: Player._assert,
    AfterCheck: Player._after_check,
    Step: Player._step,
    Wait: Player._wait,
}
