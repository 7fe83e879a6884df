"""One builder at a time: a file lock whose holder says who it is, so that those who wait can name it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from canarylab.toolchain.progress import Progress, Step

_POLL_SECONDS = 0.5


def _owner(path: Path) -> str:
    try:
        owner = json.loads(path.read_text())
        since = time.strftime("%H:%M:%S", time.localtime(owner["since"]))
        return f"process {owner['pid']} ({owner['command']}), since {since}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _describe_me() -> str:
    return json.dumps({"pid": os.getpid(), "since": time.time(), "command": " ".join(sys.argv)[:120]})


@contextlib.contextmanager
def held(path: Path, progress: Progress, started: float) -> Iterator[None]:
    """Holds the lock at ``path``; while another process does, tells ``progress`` for whom it waits."""
    lock, owner = FileLock(path), path.with_suffix(".owner")
    while True:
        try:
            lock.acquire(timeout=_POLL_SECONDS)
            break
        except Timeout:
            text = f"{_owner(owner)} builds the same programs"
            progress(Step("waiting", text, elapsed=time.monotonic() - started))
    try:
        owner.write_text(_describe_me())
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()
