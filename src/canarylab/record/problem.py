"""Something wrong with a demo: where it stands, what it is, and what would be right; shown with carets."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canarylab.errors import UsageError


@dataclass(frozen=True)
class Problem:
    """``line`` and ``column`` count from 1, ``width`` is in characters, ``text`` is the line in which it stands."""

    file: str
    line: int
    column: int
    width: int
    what: str
    hint: str
    text: str

    def __str__(self) -> str:
        number = str(self.line)
        gutter = " " * len(number)
        before = "".join("\t" if letter == "\t" else " " for letter in self.text[: self.column - 1])
        lines = [
            f"{self.file}:{self.line}:{self.column}: {self.what}",
            f" {number} | {self.text}",
            f" {gutter} | {before}{'^' * max(1, self.width)}",
        ]
        return "\n".join([*lines, f" {gutter} = {self.hint}"] if self.hint else lines)


class WrongDemo(UsageError):
    """A demo that cannot be played, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        told = "a demo is wrong" if len(problems) == 1 else f"{len(problems)} things are wrong"
        super().__init__("\n\n".join([told, *map(str, problems)]))
        self.problems = tuple(problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint: the known word that is most like ``word``, else all of them."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"known: {', '.join(words)}"
