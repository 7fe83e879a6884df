"""A pipe that ties a cluster to the run that made it: it reads as closed when the run dies, however it dies.

The kernel closes a dead process' descriptors, so this also holds for SIGKILL. A run of several processes
(pytest-xdist) names its pipe: the controller holds it, and whichever worker starts a cluster hands it on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from canarylab.errors import EnvironmentFault


def hold(file: Path) -> int:
    """Makes the named pipe and holds it open until this process ends, or closes the descriptor returned.

    Opened for both directions, because Linux opens a writing end alone only where a reader is.
    """
    os.mkfifo(file, mode=0o600)
    return os.open(file, os.O_RDWR | os.O_NONBLOCK)


@contextmanager
def held_by(file: Path) -> Iterator[int]:
    """The reading end, to be inherited; EnvironmentFault when the process that held the pipe has ended."""
    end = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not _has_writer(end):
            raise EnvironmentFault("the run that this cluster belongs to has ended", where=str(file))
        yield end
    finally:
        os.close(end)


def _has_writer(end: int) -> bool:
    """With no writer a read gives end-of-file; with one, and nothing written, it would block."""
    try:
        return os.read(end, 1) != b""
    except BlockingIOError:
        return True


@contextmanager
def of_this_process() -> Iterator[int]:
    """A pipe's reading end, to be inherited, that reads as closed when the block or this process ends."""
    theirs, ours = os.pipe()
    try:
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)
