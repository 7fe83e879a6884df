"""The processes of a local cluster as the host sees them: found by their program, each named so that no later one
can be taken for it, and sent signals by that name."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from canarylab.clusters.local import registry
from canarylab.errors import EnvironmentFault


def of(cluster: str, program: str) -> list[str]:
    """The identities (``PID START_TIME``) of a program's processes; EnvironmentFault when none of them runs."""
    outer = registry.find(cluster).process()
    found = [registry.identity(pid) for pid in below(outer) if name(pid) == program] if outer else []
    living = [identity for identity in found if registry.lives(identity)]
    if not living:
        raise EnvironmentFault(f"no process of {program} runs", where=f"cluster {cluster}")
    return living


def name(pid: int) -> str:
    """The name of a process's program: the module of a Python one, else the file's; empty when it is gone."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return ""
    if "-m" in words[:3]:
        return words[words.index("-m") + 1]
    return os.path.basename(words[0])


def send(identity: str, number: str) -> None:
    """Sends a signal, by its name, to the process of that identity; nothing when that one has ended."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(int(identity.split(maxsplit=1)[0]))
        try:
            if registry.lives(identity):
                signal.pidfd_send_signal(descriptor, signal.Signals[number])
        finally:
            os.close(descriptor)


def tree(pid: int) -> set[int]:
    """A process and all its descendants."""
    return {pid, *below(pid)}


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
