"""Carries a container's bytes: its output into the log and to who is attached, their input to it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import selectors
import socket
import stat
import struct
import time
from dataclasses import dataclass
from typing import Any

from canarylab.clusters.local.cri import frames, spec, terminal
from canarylab.clusters.local.cri.logs import Lines, LogFile

CHUNK = 1 << 16
BACKLOG = 1 << 24  # bytes an attached reader may lag behind before it is let go


@dataclass
class Streams:
    """A container's standard streams, each as (read end, write end); with a terminal, all three are it.

    A terminal belongs to the container's own devpts, so the container's process makes it, once it is inside, and
    sends our end out by ``console``.
    """

    stdin: tuple[int, int] = (-1, -1)
    stdout: tuple[int, int] = (-1, -1)
    stderr: tuple[int, int] = (-1, -1)
    console: tuple[socket.socket, socket.socket] | None = None

    @classmethod
    def open(cls, *, stdin: bool, tty: bool) -> Streams:
        if tty:
            return cls(console=socket.socketpair())
        given = os.pipe() if stdin else (os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC), -1)
        return cls(given, os.pipe(), os.pipe())

    def become_theirs(self, uid: int) -> None:
        """In the container's process: descriptors 0, 1, 2, and with a terminal the controlling one."""
        if self.console is None:
            theirs = (self.stdin[0], self.stdout[1], self.stderr[1])
        else:
            ours, given = terminal.make()
            self.console[1].sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", ours))])
            theirs = (given,) * 3
        for number, descriptor in enumerate(theirs):
            os.dup2(descriptor, number)
        if self.console is not None:
            terminal.take(uid)
        else:
            _give(uid)

    def keep_ours(self) -> None:
        """In the shim: closes what is the container's, and takes the terminal if one comes."""
        for descriptor in {self.stdin[0], self.stdout[1], self.stderr[1]} - {-1}:
            os.close(descriptor)
        if self.console is None:
            return
        ours, theirs = self.console
        theirs.close()
        with ours:
            _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
        if descriptors:
            os.set_inheritable(descriptors[0], False)
            self.stdin, self.stdout = (-1, os.dup(descriptors[0])), (descriptors[0], -1)


def _give(uid: int) -> None:
    """The pipes become their user's, who may then open them by name as well: programs log to /dev/stdout."""
    for number in range(3):
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            with contextlib.suppress(OSError):  # an id that is not mapped
                os.fchown(number, uid, -1)


class Client:
    """Somebody attached."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.reader = frames.Reader()
        self.outgoing = b""
        self.fed_stdin = False


class Pump:
    """The shim's loop. ``plan`` names the folder, the log, and whether input ends with the first who gave it."""

    def __init__(self, plan: dict[str, Any], streams: Streams) -> None:
        self._log = LogFile(plan["log"])
        self._streams = streams
        self._once: bool = plan["stdin_once"]
        self._selector = selectors.DefaultSelector()
        self._clients: list[Client] = []
        self._input, self._end_input = b"", False
        self._output = 0
        self._listener = socket.socket(socket.AF_UNIX)
        path = f"{plan['folder']}/{spec.ATTACH}"
        self._listener.bind(path)
        self._listener.listen(8)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._read(streams.stdout[0], "stdout", frames.STDOUT)
        if streams.stderr[0] >= 0:
            self._read(streams.stderr[0], "stderr", frames.STDERR)
        if streams.stdin[1] >= 0:
            os.set_blocking(streams.stdin[1], False)

    def until_exit(self, pid: int) -> int:
        """Pumps until the process ends; its wait status."""
        ended = os.pidfd_open(pid)
        self._selector.register(ended, selectors.EVENT_READ, None)
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._selector.unregister(ended)
                    os.close(ended)
                    return os.waitpid(pid, 0)[1]
                key.data()
            self._collect_orphans(pid)

    def drain(self, bound: float) -> None:
        """What is still in the pipes, and what attached readers have not got yet."""
        deadline = time.monotonic() + bound
        while self._output or any(client.outgoing for client in self._clients):
            ready = self._selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                break
            for key, _ in ready:
                key.data()
        with contextlib.suppress(OSError):
            self._listener.close()

    def _collect_orphans(self, pid: int) -> None:
        """As a subreaper: what the program left behind while it lives, without touching the program itself."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid != pid:
                os.waitpid(found.si_pid, 0)

    def _read(self, descriptor: int, stream: str, kind: int) -> None:
        lines = Lines(stream)
        os.set_blocking(descriptor, False)
        self._output += 1

        def readable() -> None:
            try:
                data = os.read(descriptor, CHUNK)
            except BlockingIOError:
                return
            except OSError as error:  # the last holder of a terminal has closed it
                if error.errno != errno.EIO:
                    raise
                data = b""
            if data:
                self._log.write(lines.feed(data, time.time_ns()))
                self._broadcast(frames.pack(kind, data))
                return
            self._log.write(lines.end(time.time_ns()))
            self._selector.unregister(descriptor)
            self._output -= 1

        self._selector.register(descriptor, selectors.EVENT_READ, readable)

    def _broadcast(self, frame: bytes) -> None:
        for client in list(self._clients):
            client.outgoing += frame
            self._flush(client)

    def _accept(self) -> None:
        client = Client(self._listener.accept()[0])
        self._clients.append(client)
        self._watch(client)

    def _watch(self, client: Client) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.outgoing else 0)
        with contextlib.suppress(KeyError):
            self._selector.unregister(client.connection)
        self._selector.register(client.connection, events, lambda: self._serve(client))

    def _flush(self, client: Client) -> None:
        waiting = bool(client.outgoing)
        try:
            client.outgoing = client.outgoing[client.connection.send(client.outgoing) :]
        except BlockingIOError:
            pass
        except OSError:
            return self._leave(client)
        if len(client.outgoing) > BACKLOG:
            return self._leave(client)
        if waiting:
            self._watch(client)
        return None

    def _serve(self, client: Client) -> None:
        if client.outgoing:
            self._flush(client)
        try:
            data = client.connection.recv(CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            return self._leave(client)
        for kind, payload in client.reader.feed(data):
            self._take(client, kind, payload)
        return None

    def _take(self, client: Client, kind: int, payload: bytes) -> None:
        if kind == frames.STDIN:
            client.fed_stdin = True
            self._input += payload
            self._feed()
        elif kind == frames.STDIN_CLOSED and self._once:
            self._end_input = True
            self._feed()
        elif kind == frames.RESIZE and self._streams.console:
            size = json.loads(payload)
            terminal.resize(self._streams.stdout[0], size["width"], size["height"])
        elif kind == frames.REOPEN_LOG:
            self._log.reopen()
            client.outgoing += frames.pack(frames.REOPEN_LOG)
            self._flush(client)

    def _feed(self) -> None:
        """Gives the program as much input as it takes now; the loop comes back for the rest."""
        target = self._streams.stdin[1]
        if target < 0:
            return
        try:
            while self._input:
                self._input = self._input[os.write(target, self._input) :]
        except BlockingIOError:
            with contextlib.suppress(KeyError):
                self._selector.register(target, selectors.EVENT_WRITE, self._feed)
            return
        except BrokenPipeError:
            self._input = b""
        with contextlib.suppress(KeyError):
            self._selector.unregister(target)
        if self._end_input:
            os.close(target)
            self._streams.stdin = (-1, -1)

    def _leave(self, client: Client) -> None:
        if client not in self._clients:
            return
        self._clients.remove(client)
        self._selector.unregister(client.connection)
        client.connection.close()
        if self._once and client.fed_stdin:
            self._end_input = True
            self._feed()
