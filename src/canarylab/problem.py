"""Something wrong with a text that people write: where it stands, what it is, what is right; shown with carets."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.errors import UsageError


@dataclass(frozen=True, order=True)
class Spot:
    """A place in a file; line and column count from 1, ``width`` is in characters."""

    line: int
    column: int
    width: int


@dataclass(frozen=True)
class Problem:
    """``text`` is the line in which it stands."""

    file: str
    spot: Spot
    what: str
    hint: str
    text: str

    def __str__(self) -> str:
        number = str(self.spot.line)
        gutter = " " * len(number)
        lines = [
            f"{self.file}:{self.spot.line}:{self.spot.column}: {self.what}",
            f" {number} | {self.text}",
            f" {gutter} | {_under(self.text, self.spot)}",
        ]
        return "\n".join([*lines, f" {gutter} = {self.hint}"] if self.hint else lines)

    def facts(self) -> dict[str, Any]:
        """The same as plain data."""
        where = {"file": self.file, "line": self.spot.line, "column": self.spot.column}
        return {**where, "what": self.what, "hint": self.hint, "text": self.text}


def _under(text: str, spot: Spot) -> str:
    """Carets below a word, also where tabs stand before it."""
    before = "".join("\t" if letter == "\t" else " " for letter in text[: spot.column - 1])
    return before.ljust(spot.column - 1) + "^" * max(1, min(spot.width, len(text) - spot.column + 1))


class Wrong(UsageError):
    """A text that cannot be used, with everything that is wrong with it; ``one`` says so where it is a single thing."""

    one: ClassVar[str]

    def __init__(self, problems: Sequence[Problem]) -> None:
        told = self.one if len(problems) == 1 else f"{len(problems)} things are wrong"
        super().__init__("\n\n".join([told, *map(str, problems)]))
        self.problems = tuple(problems)


def nearest(word: object, known: Iterable[str]) -> str:
    """A hint: the known word that is most like ``word``, else all of them."""
    words = sorted(known)
    close = difflib.get_close_matches(str(word), words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known: {', '.join(words)}"
