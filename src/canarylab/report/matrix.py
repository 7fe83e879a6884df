"""The table of a run over providers: what each of them has shown, and whether it was the real thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

_HEADS = ("provider", "data plane")
_TAILS = ("seconds", "gap-free")
_ABSENT = "-"


@dataclass(frozen=True)
class Cell:
    """One rollout: the provider, ``real`` or ``translated``, the story, its seconds from the trigger on.

    ``held`` says whether it came as expected, ``free`` whether its record has no gap.
    """

    provider: str
    plane: str
    story: str
    seconds: int
    free: bool
    held: bool = False

    def text(self) -> str:
        """As a property of a test."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str, *, held: bool) -> Cell:
        """From a property of a test that passed, or did not."""
        return replace(cls(**json.loads(text)), held=held)


def rows(cells: Iterable[Cell]) -> list[Sequence[str]]:
    """Heads, then a row for each provider in the order of their names; a story that it has not is ``-``."""
    by_provider: dict[str, list[Cell]] = {}
    for cell in sorted(cells, key=lambda one: one.provider):
        by_provider.setdefault(cell.provider, []).append(cell)
    stories = list(dict.fromkeys(cell.story for each in by_provider.values() for cell in each))
    return [(*_HEADS, *stories, *_TAILS), *(_row(each, stories) for each in by_provider.values())]


def _row(cells: Sequence[Cell], stories: Sequence[str]) -> Sequence[str]:
    held: Mapping[str, str] = {one.story: "yes" if one.held else "NO" for one in cells}
    longest, free = max(one.seconds for one in cells), all(one.free for one in cells)
    tail = (str(longest), "yes" if free else "NO")
    return (cells[0].provider, cells[0].plane, *(held.get(story, _ABSENT) for story in stories), *tail)


def text(cells: Iterable[Cell]) -> list[str]:
    """The table for a terminal, a line each."""
    return laid_out(rows(cells))


def laid_out(made: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*made, strict=True)]
    return ["  ".join(one.ljust(width) for one, width in zip(row, widths, strict=True)).rstrip() for row in made]


def markdown(cells: Iterable[Cell]) -> str:
    """The table for a job summary."""
    return piped(rows(cells))


def piped(made: Sequence[Sequence[str]]) -> str:
    """Rows as a table of Markdown; a sign that would end a cell means itself."""
    head, *body = ([cell.replace("|", r"\|") for cell in row] for row in made)
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
