"""A group of processes that ends with this one, whatever ends it.

Go and pip start processes of their own, so it is not enough to end the one that was started, and whoever is
killed with SIGKILL can end nothing any more. So a small shell leads the group: it waits for the end of a pipe that
only this process holds, and then kills the group, itself included.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

_LEADER = ["/bin/sh", "-c", "read _; kill -s KILL 0"]


@contextlib.contextmanager
def led() -> Iterator[int]:
    """The id of a new process group; whatever is in it at the end, or when this process dies, is killed."""
    with subprocess.Popen(_LEADER, stdin=subprocess.PIPE, process_group=0) as leader:
        yield leader.pid


def end(group: int) -> None:
    """Kills whatever is in a group now, its leader included."""
    os.killpg(group, signal.SIGKILL)
