"""Undoes what killed runners left: the journal's abandoned entries, each told in a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from filelock import FileLock, Timeout

from canarylab import paths
from canarylab.errors import CanarylabError
from canarylab.faults import journal, steps
from canarylab.faults.journal import Entry
from canarylab.faults.steps import Reach, Signal

LOCK_BOUND = 120.0  # seconds for another command that is undoing; a reload of Prometheus takes the longest


def abandoned() -> Iterator[str]:
    """Undoes every abandoned fault, and yields a line about each; one that cannot be undone stays in the journal."""
    try:
        if any(entry.abandoned for entry in journal.entries()):
            with FileLock(paths.faults_dir() / ".lock", timeout=LOCK_BOUND, mode=0o600):
                yield from map(_revert, in_order(entry for entry in journal.entries() if entry.abandoned))
    except Timeout:
        yield "another command is reverting faults; this one goes on without"
    except OSError as error:
        yield f"faults cannot be reverted: {error}"
    except CanarylabError as error:
        yield f"faults cannot be reverted: {error.what} ({error.where}): {error.next_step}"


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Processes go on first, since nothing is undone while the API server stands still; then the last first."""
    return sorted(entries, key=lambda entry: (not _only_processes(entry), -entry.began))


def _only_processes(entry: Entry) -> bool:
    return all(step["kind"] == Signal.kind for step in entry.undo)


def _revert(entry: Entry) -> str:
    told = f"the fault {entry.what} of {entry.cluster}/{entry.namespace}, whose runner was killed"
    if entry.cluster_gone:
        entry.remove()
        return f"forgot {told}: the cluster is gone"
    try:
        undo(entry)
    except CanarylabError as error:
        return f"cannot revert {told}: {error.what}; tried again by the next command, until {entry.file} is removed"
    entry.remove()
    return f"reverted {told}"


def undo(entry: Entry) -> None:
    """Runs the steps that undo it."""
    reach = Reach(entry.api)
    for step in map(steps.from_json, entry.undo):
        steps.undo(step, reach)
