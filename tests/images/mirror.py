"""A mirror before a real registry that fails as mirrors do: it cuts, stands still, drips, lies, refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

LARGE = 50_000  # bytes of an answer that is worth a fault
Fault = Callable[["Asked", bytes], None]


class Asked(BaseHTTPRequestHandler):
    """A request to the mirror; ``mirror`` is set by a class of each mirror's own."""

    mirror: Mirror

    def do_GET(self) -> None:
        self.mirror.seen.append((self.path, self.headers.get("Range", "")))
        if not self.mirror.guard(self):
            return
        headers = {key: self.headers[key] for key in ("Accept", "Range") if key in self.headers}
        answer = requests.get(f"http://{self.mirror.upstream}{self.path}", headers=headers, timeout=30)
        large = "/blobs/" in self.path and len(answer.content) > LARGE
        fault = self.mirror.faults.pop(0) if large and self.mirror.faults else _as_it_is
        self.send_response(answer.status_code)
        for name in ("Content-Type", "Docker-Content-Digest", "Content-Range"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        fault(self, answer.content)

    def refuse(self, code: int, **headers: str) -> bool:
        """Answers with nothing but a code; False, as a guard says that a request goes no further."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def log_message(self, *_args: object) -> None:
        """Not a line for each request."""


def _as_it_is(asked: Asked, data: bytes) -> None:
    asked.wfile.write(data)


def cut(after: int) -> Fault:
    """Ends the connection after so many bytes."""
    return lambda asked, data: _as_it_is(asked, data[:after])


def lie(asked: Asked, data: bytes) -> None:
    """Other bytes, as many of them."""
    _as_it_is(asked, bytes(255 - byte for byte in data))


def drip(pieces: int, gap: float) -> Fault:
    """In pieces, with ``gap`` seconds between them."""

    def fault(asked: Asked, data: bytes) -> None:
        size = len(data) // pieces + 1
        for start in range(0, len(data), size):
            _as_it_is(asked, data[start : start + size])
            asked.mirror.over.wait(gap)

    return fault


def stand_still(asked: Asked, data: bytes) -> None:
    """A few bytes, and then nothing more until the test is over."""
    _as_it_is(asked, data[:100])
    asked.mirror.over.wait()


@dataclass
class Mirror:
    """``faults`` are for the next large blobs, one each; ``guard`` answers a request itself, and then says False."""

    upstream: str
    faults: list[Fault] = field(default_factory=list)
    guard: Callable[[Asked], bool] = lambda _: True
    seen: list[tuple[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    host: str = ""

    @property
    def blobs(self) -> list[str]:
        """The ranges that blobs were asked for by; empty for a whole one."""
        return [asked for path, asked in self.seen if "/blobs/" in path]


@contextmanager
def before(upstream: str) -> Iterator[Mirror]:
    """A mirror on a port of its own."""
    mirror = Mirror(upstream)
    handler: Any = type("Bound", (Asked,), {"mirror": mirror})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    mirror.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mirror
    finally:
        mirror.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
