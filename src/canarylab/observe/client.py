"""What users do: they ask one URL at an even pace, each answer a line. Runs as a pod.

``python -m canarylab.observe.client URL --per-second 36 --seconds 600 [--header NAME:VALUE ...] [--pod REGEX]``

A line is ``SENT ANSWERED STATUS POD``: times of the machine's monotonic clock in seconds, with ``--epoch`` since the
epoch, status 0 where no answer came, and whatever the regular expression's first group finds in the answer's text,
``-`` for nothing. For pages it needs the standard library alone, so that this one file is all of it.
Lines leave a few at a time, since each write wakes whoever keeps the log.
A URL like ``grpc://HOST:PORT`` is called by gRPC, with the method that ``--call`` names and an empty message; the
status is then that of HTTP for the gRPC status. It stops by itself after ``--seconds``.
"""

from __future__ import annotations

import argparse
import http.client
import queue
import re
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 5.0  # seconds that a user waits
WORKERS = 30  # at most: the pace holds while answers take WORKERS / PER_SECOND seconds, half a second at 60 a second
LATE = 4.0  # seconds of lag that are made up for; more is let go, so that no burst follows a pause


@dataclass(frozen=True)
class Task:
    """What to ask, how often, and how to read who answered."""

    url: str
    call: str
    headers: dict[str, str]
    pod: re.Pattern[str]
    per_second: float
    seconds: float
    zero: float = 0.0
    """Seconds to add to the monotonic clock's in each line."""


class Lines:
    """Standard output, shared by the workers; what was said leaves after ``HELD`` seconds at the latest."""

    HELD = 0.2

    def __init__(self) -> None:
        self._lock, self._kept, self._ended = threading.Lock(), list[str](), threading.Event()

    def say(self, line: str) -> None:
        with self._lock:
            self._kept.append(line)

    def leave(self) -> None:
        """Writes what there is, until the end."""
        while not self._ended.wait(self.HELD):
            self._write()
        self._write()

    def end(self) -> None:
        self._ended.set()

    def _write(self) -> None:
        with self._lock:
            kept, self._kept = self._kept, []
        if kept:
            print("\n".join(kept), flush=True)


class Pages:
    """Asks for a page, over a connection that is kept as long as it holds."""

    def __init__(self, task: Task) -> None:
        self._task, self._parts = task, urlsplit(task.url)
        self._connection: http.client.HTTPConnection | None = None

    def __call__(self) -> tuple[int, str]:
        try:
            if self._connection is None or self._ended():
                self.close()
                self._connection = http.client.HTTPConnection(self._parts.netloc, timeout=TIMEOUT)
            path = f"{self._parts.path or '/'}{'?' if self._parts.query else ''}{self._parts.query}"
            self._connection.request("GET", path, headers=self._task.headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, ""

    def _ended(self) -> bool:
        """Whether the server has closed a connection since the last answer: it then is no use any more."""
        sock = self._connection.sock if self._connection else None
        return sock is not None and bool(select.select([sock], [], [], 0)[0])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class Calls:
    """Calls a gRPC method with an empty message; an answer's text is its message, as far as it is text."""

    def __init__(self, task: Task) -> None:
        import grpc  # noqa: PLC0415 - who asks for pages need not load it

        self._failed = grpc.RpcError
        self._metadata = tuple((name.lower(), value) for name, value in task.headers.items())
        self._channel = grpc.insecure_channel(urlsplit(task.url).netloc, [("grpc.use_local_subchannel_pool", 1)])
        self._method: Any = self._channel.unary_unary(task.call)

    def __call__(self) -> tuple[int, str]:
        try:
            answer: bytes = self._method(b"", timeout=TIMEOUT, metadata=self._metadata)
        except self._failed:
            return 503, ""
        return 200, answer.decode(errors="replace")

    def close(self) -> None:
        self._channel.close()


class Worker(threading.Thread):
    """Asks whenever it is told to, over a connection of its own."""

    def __init__(self, task: Task, say: Callable[[str], None], free: Callable[[Worker], None]) -> None:
        super().__init__()
        self._task, self._say, self._free = task, say, free
        self._ask: Pages | Calls = Calls(task) if task.call else Pages(task)
        self._told: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def tell(self, *, more: bool = True) -> None:
        """To ask once, or to end."""
        self._told.put(more)

    def run(self) -> None:
        while self._told.get():
            sent = time.monotonic()
            status, text = self._ask()
            found = self._task.pod.search(text)
            answered = time.monotonic()
            zero = self._task.zero
            self._say(f"{sent + zero:.6f} {answered + zero:.6f} {status} {found[1] if found else '-'}")
            self._free(self)
        self._ask.close()


class Workers:
    """As many workers as wait for answers at once, WORKERS at most; who answered last is asked first.

    So there are few connections as long as answers come quickly. A proxy that is short of processor time takes new ones
    slowly: Envoy 1.40 let some wait for the whole TIMEOUT when 28 clients opened all that they might need at once.
    """

    def __init__(self, task: Task, say: Callable[[str], None]) -> None:
        self._task, self._say = task, say
        self._free, self._all = queue.LifoQueue[Worker](), list[Worker]()

    def ask(self) -> None:
        """Lets one ask, when one is free or may be made."""
        try:
            worker = self._free.get(block=len(self._all) >= WORKERS)
        except queue.Empty:
            worker = Worker(self._task, self._say, self._free.put)
            self._all.append(worker)
            worker.start()
        worker.tell()

    def end(self) -> None:
        """Waits for the last answers."""
        for worker in self._all:
            worker.tell(more=False)
        for worker in self._all:
            worker.join()


def work(task: Task, say: Callable[[str], None]) -> None:
    """Asks at an even pace from now on, for as long as the task says."""
    workers, due, pace = Workers(task, say), time.monotonic(), 1 / task.per_second
    end = due + task.seconds
    while due < end:
        time.sleep(max(0.0, due - time.monotonic()))
        workers.ask()
        due = max(due + pace, time.monotonic() - LATE)
    workers.end()


def parse(argv: list[str] | None = None) -> Task:
    parser = argparse.ArgumentParser(prog="canarylab.observe.client")
    parser.add_argument("url")
    parser.add_argument("--call", default="", metavar="/PACKAGE.SERVICE/METHOD")
    parser.add_argument("--per-second", type=float, default=36)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--header", action="append", default=[], metavar="NAME:VALUE")
    parser.add_argument("--pod", default="(?!)", metavar="REGEX")
    parser.add_argument("--epoch", action="store_true")
    given = parser.parse_args(argv)
    headers = dict(one.split(":", 1) for one in given.header)
    zero = time.time() - time.monotonic() if given.epoch else 0.0
    return Task(given.url, given.call, headers, re.compile(given.pod), given.per_second, given.seconds, zero)


def main() -> None:
    task, lines = parse(), Lines()
    writer = threading.Thread(target=lines.leave)
    writer.start()
    work(task, lines.say)
    lines.end()
    writer.join()


if __name__ == "__main__":
    main()
