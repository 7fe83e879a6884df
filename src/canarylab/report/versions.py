"""The table of a run over versions: what two releases have shown together, what failed, and who supports it no more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from canarylab.errors import UsageError
from canarylab.report.matrix import laid_out, piped
from canarylab.toolchain import axes
from canarylab.toolchain.axes import Cell

FILE = "versions.json"
_HEADS = ("Kubernetes", "Flagger")
_TAILS = ("seconds", "gap-free", "not supported by", "result")
_ABSENT = "-"
_LONGEST = 160  # signs of a reason in the table; the test tells the rest


@dataclass(frozen=True)
class Shown:
    """One rollout in a cell: its story, its seconds from the trigger on, and what failed it; empty if nothing did.

    ``free`` says whether its record has no gap.
    """

    kubernetes: str
    flagger: str
    story: str
    seconds: int = 0
    free: bool = False
    reason: str = ""

    @property
    def cell(self) -> Cell:
        return Cell(self.kubernetes, self.flagger)

    def text(self) -> str:
        """As a property of a test."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Shown:
        """What :meth:`text` told."""
        return cls(**json.loads(text))


def write(shown: Iterable[Shown], root: Path) -> None:
    """Keeps a run's rollouts in its folder."""
    root.mkdir(parents=True, exist_ok=True)
    (root / FILE).write_text(json.dumps([asdict(one) for one in shown], indent=1))


def read(root: Path) -> tuple[Shown, ...]:
    """The rollouts that a run has kept; none if it was not about versions. UsageError for another file of that name."""
    file = root / FILE
    try:
        return tuple(Shown(**one) for one in json.loads(file.read_text())) if file.is_file() else ()
    except (ValueError, TypeError) as error:
        raise UsageError(f"these are no rollouts of releases: {error}", where=str(file)) from error


def merged(runs: Iterable[Sequence[Shown]]) -> tuple[Shown, ...]:
    """One table's rollouts of several runs: of a rollout that more than one has, the last run's."""
    return tuple({(one.cell, one.story): one for run in runs for one in run}.values())


def rows(shown: Iterable[Shown]) -> list[Sequence[str]]:
    """Heads, then a row for each cell in the order of the axes; a story that it has not is ``-``."""
    by_cell: dict[Cell, list[Shown]] = {}
    for one in shown:
        by_cell.setdefault(one.cell, []).append(one)
    stories = list(dict.fromkeys(one.story for each in by_cell.values() for one in each))
    order = {cell: number for number, cell in enumerate(axes.every())}
    cells = sorted(by_cell, key=lambda cell: order.get(cell, len(order)))
    return [(*_HEADS, *stories, *_TAILS), *(_row(cell, by_cell[cell], stories) for cell in cells)]


def _row(cell: Cell, shown: Sequence[Shown], stories: Sequence[str]) -> Sequence[str]:
    held = {one.story: "NO" if one.reason else "yes" for one in shown}
    told = (held.get(story, _ABSENT) for story in stories)
    longest, free = max(one.seconds for one in shown), all(one.free for one in shown)
    tail = (str(longest), "yes" if free else "NO", "; ".join(axes.unsupported(cell)) or _ABSENT, _result(shown))
    return (cell.kubernetes, cell.flagger, *told, *tail)


def _result(shown: Sequence[Shown]) -> str:
    """``works``, or the first reason of those that failed."""
    reasons = [one.reason for one in shown if one.reason]
    return f"fails: {' '.join(reasons[0].split())[:_LONGEST]}" if reasons else "works"


def text(shown: Sequence[Shown]) -> list[str]:
    """The table for a terminal, a line each, then the cells that were not run."""
    return [*laid_out(rows(shown)), *(f"not run: {one}" for one in absent(shown))]


def markdown(shown: Sequence[Shown]) -> str:
    """The same for a page or the summary of a job."""
    left = ", ".join(map(str, absent(shown)))
    return piped(rows(shown)) + (f"\nNot run: {left}.\n" if left else "")


def absent(shown: Iterable[Shown]) -> list[Cell]:
    """The cells of both axes that were not run."""
    return axes.missing(one.cell for one in shown)
