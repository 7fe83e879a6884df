"""What provisioning is doing, as data, and two ways to show it: a live bar, or a line now and then."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TextIO

PLAIN_SECONDS = 15.0


@dataclass(frozen=True)
class Step:
    """One moment of the work. ``total`` is 0 while it is not known."""

    phase: str
    text: str = ""
    done: int = 0
    total: int = 0
    elapsed: float = 0.0

    def line(self) -> str:
        """The step as one line of text."""
        clock = f"[{int(self.elapsed) // 60}:{int(self.elapsed) % 60:02}]"
        count = f" {self.done} of {self.total} packages" if self.total else ""
        return f"{clock} {self.phase}{count}" + (f": {self.text}" if self.text else "")


Progress = Callable[[Step], None]


def silent(step: Step) -> None:
    """Shows nothing."""
    del step


def plain(stream: TextIO) -> Progress:
    """A line at each change of phase, and every 15 seconds."""
    shown = Step("", elapsed=-PLAIN_SECONDS)

    def show(step: Step) -> None:
        nonlocal shown
        if step.phase != shown.phase or step.elapsed - shown.elapsed >= PLAIN_SECONDS:
            shown = step
            print(step.line(), file=stream, flush=True)

    return show


@contextlib.contextmanager
def console(stream: TextIO | None = None) -> Iterator[Progress]:
    """The way that suits where standard error goes: a bar on a terminal, else plain lines."""
    stream = stream or sys.stderr
    if not stream.isatty():
        yield plain(stream)
        return
    with _bar(stream) as show:
        yield show


@contextlib.contextmanager
def _bar(stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415  (a second of imports that only a terminal needs)
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (TextColumn("{task.fields[phase]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, TextColumn("{task.fields[text]}"), console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None, phase="", text="")

        def show(step: Step) -> None:
            bar.update(task, phase=step.phase, text=step.text, completed=step.done, total=step.total or None)

        yield show
