"""Trees of processes, as the host's /proc shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def below(pid: int) -> Iterator[int]:
    """All descendants of a process, as far as they are still there; a child belongs to the thread that made it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from below(child)


def tree(pid: int) -> set[int]:
    """A process and all its descendants."""
    return {pid, *below(pid)}
