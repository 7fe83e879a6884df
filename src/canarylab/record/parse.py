"""Turns the text of a demo into a script, or into everything that is wrong with it, before anything starts.

The grammar is that of asciinema-automation, read strictly: what that program passes over, a misspelt directive or a
backslash that joins nothing, is a problem here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from canarylab.errors import UsageError
from canarylab.problem import Problem, Spot, nearest
from canarylab.record.grammar import DIRECTIVES, FIELDS, Match, seconds
from canarylab.record.problem import WrongDemo
from canarylab.record.script import (
    AfterCheck,
    Assert,
    End,
    Expect,
    Hide,
    Instruction,
    Line,
    Mask,
    Script,
    Show,
    Step,
)

CheckStep = Callable[[str], str]

_MARK = "#$"
_PREFIX = len(_MARK) + 1  # the mark and a space
_HIDDEN = "***"


def read(path: Path, shown: str = "", check_step: CheckStep = lambda _step: "") -> Script:
    """The demo of a file, called ``shown`` in errors; UsageError where it cannot be read, WrongDemo where it is wrong.

    ``check_step`` says of a scenario's step what is wrong with it; empty words if nothing is.
    """
    return parse(_text(path, shown or str(path)), shown or str(path), path, check_step)


def parse(text: str, file: str, path: Path | None = None, check_step: CheckStep = lambda _step: "") -> Script:
    """The demo of a text; files that it includes are found from the folder of ``path``."""
    reader = _Reader(check_step)
    reader.file(text, file, path or Path(file))
    problems = reader.end()
    if problems:
        raise WrongDemo(problems)
    name, instructions, masks = Path(file).stem, tuple(reader.instructions), tuple(reader.masks)
    return Script(name, instructions, reader.env, masks, reader.rung, reader.mesh)


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"the demo cannot be read: {reason}", where=shown) from error


class _Reader:
    """What has been read so far. ``_open`` is the beginning of a line that a backslash joins to the next one."""

    def __init__(self, check_step: CheckStep) -> None:
        self.instructions: list[Instruction] = []
        self.problems: list[Problem] = []
        self.env: dict[str, str | None] = {}
        self.masks: list[Mask] = []
        self.rung = self.mesh = ""
        self._check_step = check_step
        self._open: list[tuple[int, str]] = []
        self._at: tuple[str, int, str] = ("", 0, "")  # the file, the line's number and its text
        self._files: list[Path] = []  # the one that is read, and those that include it before it
        self._unshown: Problem | None = None
        self._clusterless: Problem | None = None

    def file(self, text: str, name: str, path: Path) -> None:
        """Reads the lines of one file."""
        outer = self._at
        self._files.append(path)
        for number, line in enumerate(text.splitlines(), start=1):
            self._at = (name, number, line.rstrip())
            if self._at[2]:
                self._line(self._at[2])
        self._dangling()
        self._files.pop()
        self._at = outer

    def end(self) -> list[Problem]:
        """All problems, with those that can be told at the end only."""
        needing = None if self.rung else self._clusterless
        return [*self.problems, *filter(None, (self._unshown, needing))]

    def _line(self, line: str) -> None:
        if line.startswith(_MARK):
            self._dangling()
            self._directive(line)
        elif line.startswith("#"):
            return
        elif line.endswith("\\"):
            self._open.append((self._at[1], line))
        else:
            self._typed(line)

    def _typed(self, line: str) -> None:
        number = self._open[0][0] if self._open else self._at[1]
        text = "\n".join([*(part for _, part in self._open), line])
        self._open.clear()
        self.instructions.append(Line(f"{self._at[0]}:{number}", text))

    def _dangling(self) -> None:
        """A backslash joins a line to the next one, so there has to be one."""
        if self._open:
            number, line = self._open[-1]
            what, hint = "this backslash joins the line to nothing", "write its rest below, or take the backslash away"
            self.problems.append(Problem(self._at[0], Spot(number, len(line), 1), what, hint, line))
            self._open.clear()

    def _made(self, column: int, width: int, what: str, hint: str = "") -> Problem:
        file, number, line = self._at
        return Problem(file, Spot(number, column, width), what, hint, line)

    def _problem(self, column: int, width: int, what: str, hint: str = "") -> None:
        self.problems.append(self._made(column, width, what, hint))

    def _directive(self, line: str) -> None:
        name, _, arguments = line[_PREFIX:].partition(" ")
        if line[len(_MARK) : _PREFIX] not in ("", " "):
            self._problem(1, len(_MARK), "a directive begins with `#$` and a space", "`# $` is a comment")
        elif name not in DIRECTIVES:
            self._problem(_PREFIX + 1, len(name), f"there is no directive `{name}`", nearest(name, DIRECTIVES))
        elif found := DIRECTIVES[name].arguments.fullmatch(arguments):
            self._known(name, found)
        else:
            hint = f"write `#$ {DIRECTIVES[name].usage}`"
            self._problem(_PREFIX + 1, len(line) - _PREFIX, f"`{name}` is not written so", hint)

    def _known(self, name: str, found: Match) -> None:
        make = DIRECTIVES[name].make
        if make is None:
            getattr(self, f"_{name.replace('-', '_')}")(found)
            return
        made = make(self._where, self._at[2], found)
        self._look(made, name)
        self.instructions.append(made)

    @property
    def _where(self) -> str:
        return f"{self._at[0]}:{self._at[1]}"

    def _look(self, made: Instruction, name: str) -> None:
        """What the arguments' form does not tell."""
        line = self._at[2]
        if isinstance(made, Expect):
            self._expression(made.pattern, len(line) - len(line.split(" ", 2 if made.within is None else 3)[-1]))
        elif isinstance(made, Hide | Show):
            self._hiding(made)
        elif isinstance(made, Assert):
            for field in made.wanted.keys() - set(FIELDS):
                self._problem(line.index(f" {field}=") + 2, len(field), f"no field `{field}`", nearest(field, FIELDS))
        elif isinstance(made, Step) and (wrong := self._check_step(made.step)):
            self._problem(line.index(made.step) + 1, len(made.step), wrong)
        if isinstance(made, Assert | AfterCheck | Step) and self._clusterless is None:
            hint = "write `#$ cluster local` above"
            self._clusterless = self._made(_PREFIX + 1, len(name), f"`{name}` needs a cluster", hint)

    def _hiding(self, made: Instruction) -> None:
        column, width = _PREFIX + 1, len("hide")
        if isinstance(made, Hide) == (self._unshown is not None):
            self._problem(column, width, "this is hidden already" if self._unshown else "nothing is hidden here")
        never = self._made(column, width, "this is never shown again", "write `#$ show` below")
        self._unshown = never if isinstance(made, Hide) else None

    def _expression(self, pattern: str, before: int) -> None:
        """A regular expression whose text begins behind so many characters of the line."""
        try:
            re.compile(pattern)
        except re.error as error:
            column = min(before + (error.pos or 0) + 1, len(self._at[2]))
            self._problem(column, 1, f"not a regular expression: {error.msg}")

    def _expect_exit(self, found: Match) -> None:
        """Belongs to the last line that is typed."""
        lines = [number for number, one in enumerate(self.instructions) if isinstance(one, Line)]
        if not lines:
            self._problem(_PREFIX + 1, len("expect-exit"), "no line stands before it", "write it below what ends so")
            return
        last = self.instructions[lines[-1]]
        assert isinstance(last, Line)  # noqa: S101 - by the list above
        changed = replace(last, exit=int(found[1]), within=seconds(found[2]), told=True)
        self.instructions[lines[-1]] = changed
        self.instructions.append(End(self._where, self._at[2]))

    def _mask(self, found: Match) -> None:
        self._expression(found[1], _PREFIX + len("mask "))
        secret = found[2] is None
        self.masks.append(Mask(found[1], _HIDDEN if secret else found[2], secret))

    def _env(self, found: Match) -> None:
        self.env[found[1]] = found[2]

    def _cluster(self, found: Match) -> None:
        self.rung, self.mesh = found[1], found[2] or ""

    def _include(self, found: Match) -> None:
        path = self._files[-1].parent / found[1]
        column, width = _PREFIX + len("include ") + 1, len(found[1])
        if not path.is_file():
            self._problem(column, width, "there is no such file", f"looked for {path}")
        elif any(one.exists() and one.samefile(path) for one in self._files):
            self._problem(column, width, "it includes itself")
        else:
            self.file(_text(path, str(path)), str(path), path)
