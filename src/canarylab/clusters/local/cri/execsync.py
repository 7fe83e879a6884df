"""ExecSync: a command run in a container to its end, its output kept, with a bound on its time."""

from __future__ import annotations

import json
import os
import selectors
import signal
import time
from dataclasses import dataclass, field

from canarylab.clusters.local.cri.spawner import Spawner

LARGEST = 16 << 20  # bytes of each stream, as other runtimes limit it


class TimedOut(OSError):
    """The command did not end in time; it has been killed."""


@dataclass
class Result:
    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int = 0


@dataclass
class _Pipes:
    """What is read: outcome, standard output, standard error; each until its end."""

    descriptors: tuple[int, int, int]
    data: dict[int, bytearray] = field(default_factory=dict)

    def read(self, timeout: float) -> bool:
        """Reads until all have ended; False when the time was up before."""
        deadline = time.monotonic() + timeout if timeout else None
        with selectors.DefaultSelector() as selector:
            for descriptor in self.descriptors:
                selector.register(descriptor, selectors.EVENT_READ)
                self.data[descriptor] = bytearray()
            while selector.get_map() and not self._ended():
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                ready = selector.select(left)
                if not ready:
                    return False
                for key, _ in ready:
                    chunk = os.read(key.fd, 1 << 16)
                    if not chunk:
                        selector.unregister(key.fd)
                    if len(self.data[key.fd]) < LARGEST:
                        self.data[key.fd] += chunk
        return True

    def _ended(self) -> bool:
        """A command that leaves a process behind keeps its pipes open: its own end counts."""
        return b'"exit"' in self.data[self.descriptors[0]]

    def rest(self) -> None:
        for descriptor in self.descriptors[1:]:
            os.set_blocking(descriptor, False)
            try:
                while chunk := os.read(descriptor, 1 << 16):
                    self.data[descriptor] += chunk
            except BlockingIOError:
                continue

    def outcome(self) -> dict[str, int | str]:
        told: dict[str, int | str] = {}
        for line in bytes(self.data[self.descriptors[0]]).splitlines():
            told |= json.loads(line)
        return told


def run(spawner: Spawner, folder: str, pid: int, argv: list[str], timeout: float) -> Result:
    """Runs ``argv`` in the container of ``folder`` and first process ``pid``."""
    out, out_theirs = os.pipe()
    err, err_theirs = os.pipe()
    try:
        message = {"run": "exec", "plan": {"folder": folder, "pid": pid, "argv": argv}}
        told = spawner.spawn(message, out_theirs, err_theirs)
    finally:
        os.close(out_theirs)
        os.close(err_theirs)
    pipes = _Pipes((told, out, err))
    try:
        in_time = pipes.read(timeout)
        outcome = pipes.outcome()
        if not in_time:
            if "pid" in outcome:
                os.kill(int(outcome["pid"]), signal.SIGKILL)
            raise TimedOut(f"the command {argv[0]!r} did not end within {timeout:g} s")
        if "exit" not in outcome:
            raise OSError(str(outcome.get("error", "the command could not be run")))
        pipes.rest()
        return Result(bytes(pipes.data[out][:LARGEST]), bytes(pipes.data[err][:LARGEST]), int(outcome["exit"]))
    finally:
        for descriptor in pipes.descriptors:
            os.close(descriptor)
