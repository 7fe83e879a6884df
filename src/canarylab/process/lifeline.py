"""A pipe that ties a cluster to the run that made it: it reads as closed when the run dies, however it dies.

The kernel closes a dead process' descriptors, so this also holds for SIGKILL. In a run of several processes
(pytest-xdist) the controller holds the pipe, and whichever worker starts a cluster opens it by its address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from canarylab.errors import EnvironmentFault


class Lifeline:
    """Holds a pipe open until ``close`` or the end of this process. ``read_end`` is to be inherited."""

    def __init__(self) -> None:
        self.read_end, self._ours = os.pipe()

    @property
    def address(self) -> str:
        """Where another process of this user opens the reading end, while this one lives."""
        return f"/proc/{os.getpid()}/fd/{self.read_end}"

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.read_end)


@contextmanager
def opened(address: str) -> Iterator[int]:
    """The reading end of another process' lifeline; EnvironmentFault when that process has ended."""
    try:
        end = os.open(address, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise EnvironmentFault("the run that this cluster would belong to has ended", where=address) from error
    try:
        yield end
    finally:
        os.close(end)
