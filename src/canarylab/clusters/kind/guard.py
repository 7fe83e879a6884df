"""A process beside a run: it waits on the run's lifeline, and deletes the run's cluster when that has closed.

So a cluster of containers ends with its run, however that dies. It does nothing where the run has ended it itself.
"""

from __future__ import annotations

import select
import subprocess
import sys
from pathlib import Path

from canarylab.clusters.kind.record import Record


def start(record: Record, lifeline: int) -> None:
    """Starts the guard of a cluster; in a session of its own the terminal's signals do not reach it."""
    argv = [sys.executable, "-m", "canarylab.clusters.kind.guard", str(record.root), str(lifeline)]
    with (record.logs / "guard.log").open("ab") as log:
        subprocess.run(
            ["setsid", "--fork", *argv], pass_fds=(lifeline,), check=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def wait(lifeline: int) -> None:
    """Returns when nobody holds the other end any more."""
    poll = select.poll()
    poll.register(lifeline, select.POLLHUP)
    poll.poll()


def main(folder: str, lifeline: str) -> None:
    """Waits, then deletes what is left."""
    wait(int(lifeline))
    if Path(folder).is_dir():
        Record(Path(folder)).remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
