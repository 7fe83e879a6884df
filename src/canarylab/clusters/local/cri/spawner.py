"""A small process that forks: every shim, every pod's holder and every ExecSync begins as a copy of it.

The server has many threads and large libraries, so it must not fork; this one has loaded what they need and
nothing else. It is told by one datagram per process, with the descriptors to use, and ends with the server.
What it has forked lives on.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from canarylab.clusters.local.cri import enter, holder, kernel, shim, spec

_SOURCE = Path(__file__).resolve().parents[4]
_LARGEST = 1 << 17


def bootstrap(module: str) -> list[str]:
    """The command that runs ``main`` of a module here, without the interpreter's site packages: it starts sooner."""
    code = f"import sys; sys.path.insert(0, {str(_SOURCE)!r}); from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-c", code]


def main() -> None:
    """``-- DESCRIPTOR`` of the socket to the server."""
    kernel.set_name("canarylab-spawn")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # its children are nobody's to wait for
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with socket.socket(fileno=int(sys.argv[-1])) as server:
        while True:
            message, descriptors, _, _ = socket.recv_fds(server, _LARGEST, 4)
            if not message:
                return
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                server.close()
                _run(json.loads(message), descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _run(message: dict[str, Any], descriptors: list[int]) -> None:
    outcome, kind = descriptors[0], message["run"]
    os.set_inheritable(outcome, False)
    if kind == "holder":
        holder.run(message["plan"], outcome)
    elif kind == "exec":
        for number, descriptor in enumerate(descriptors[1:], start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        enter.run(message["plan"], outcome)
    else:
        shim.complain(message["folder"])
        shim.run(spec.read_json(f"{message['folder']}/{spec.PLAN}"), outcome)


class Spawner:
    """The server's end; starts the process, and again if it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def spawn(self, message: dict[str, Any], *descriptors: int) -> int:
        """Forks as told; the read end of the pipe on which the new process tells its outcome."""
        told, telling = os.pipe()
        data = json.dumps(message).encode()
        try:
            with self._lock:
                self._send(data, [telling, *descriptors])
        finally:
            os.close(telling)
        return told

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Forks as told and waits for the outcome; OSError says why it failed."""
        told = self.spawn(message)
        with os.fdopen(told, "rb") as pipe:
            answer = pipe.read()
        outcome: dict[str, Any] = json.loads(answer) if answer else {"error": "the process ended before it started"}
        if "error" in outcome:
            raise OSError(outcome["error"])
        return outcome

    def _send(self, data: bytes, descriptors: list[int]) -> None:
        if self._socket is None or self._process is None or self._process.poll() is not None:
            self._start()
        assert self._socket is not None  # noqa: S101 - just made
        socket.send_fds(self._socket, [data], descriptors)

    def _start(self) -> None:
        if self._socket is not None:
            self._socket.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * _LARGEST)
        with theirs:
            command = [*bootstrap(__name__), "--", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        self._socket = ours
