"""What users do: GETs of one URL at an even pace, each answer a line. Runs as a pod; standard library only.

``python -m canarylab.observe.client URL --per-second 50 --seconds 600 [--header NAME:VALUE ...] [--pod REGEX]``

A line is ``SENT ANSWERED STATUS POD``: times of the machine's monotonic clock in seconds, status 0 where no
answer came, and whatever the regular expression's first group finds in the answer's text, ``-`` for nothing.
It stops by itself after ``--seconds``.
"""

from __future__ import annotations

import argparse
import http.client
import re
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT = 5.0  # seconds that a user waits
WORKERS = 4  # so that a slow answer does not hold up the pace
LATE = 1.0  # seconds of lag that are made up for; more is let go, so that no burst follows a pause


@dataclass(frozen=True)
class Task:
    """What to ask, how often, and how to read who answered."""

    url: str
    headers: dict[str, str]
    pod: re.Pattern[str]
    per_second: float
    seconds: float


class Worker:
    """One user: a connection that is kept as long as it holds."""

    def __init__(self, task: Task) -> None:
        self._task, self._parts = task, urlsplit(task.url)
        self._connection: http.client.HTTPConnection | None = None

    def ask(self) -> tuple[int, str]:
        """Status and the pod that answered; status 0 for no answer."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self._parts.netloc, timeout=TIMEOUT)
            path = self._parts.path or "/"
            self._connection.request("GET", path, headers=self._task.headers)
            answer = self._connection.getresponse()
            found = self._task.pod.search(answer.read().decode(errors="replace"))
        except (OSError, http.client.HTTPException):
            self._drop()
            return 0, ""
        return answer.status, found[1] if found else ""

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def run(self, first: float, end: float, say: threading.Lock) -> None:
        """Asks at second ``first`` and then at an even pace, until ``end``."""
        due, pace = first, WORKERS / self._task.per_second
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            sent = time.monotonic()
            status, pod = self.ask()
            with say:
                print(f"{sent:.6f} {time.monotonic():.6f} {status} {pod or '-'}", flush=True)
            due = max(due + pace, time.monotonic() - LATE)
        self._drop()


def parse(argv: list[str] | None = None) -> Task:
    parser = argparse.ArgumentParser(prog="canarylab.observe.client")
    parser.add_argument("url")
    parser.add_argument("--per-second", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--header", action="append", default=[], metavar="NAME:VALUE")
    parser.add_argument("--pod", default="$^", metavar="REGEX")
    given = parser.parse_args(argv)
    headers = dict(one.split(":", 1) for one in given.header)
    return Task(given.url, headers, re.compile(given.pod), given.per_second, given.seconds)


def main() -> None:
    task, say, start = parse(), threading.Lock(), time.monotonic()
    threads = [
        threading.Thread(target=Worker(task).run, args=(start + number / task.per_second, start + task.seconds, say))
        for number in range(WORKERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
