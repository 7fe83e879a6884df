"""An API server with faults: it injects what a healthy server cannot be made to show, at the moment of a test's choice.

Each path has a queue of replies, of which the last one stays. What a real server does is shown in e2e/mesh.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
Reply = tuple[int, Any]


class FaultyServer:
    """Replies by method and path, and what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.cut_off = 0  # bytes that an answer promises and does not send
        self._replies: dict[tuple[str, str], list[Reply]] = {}
        self._lock = threading.Lock()

    def on(self, method: str, path: str, *replies: Reply) -> None:
        """Replies to one path, in order; bytes are sent as they are, everything else as JSON."""
        self._replies[method, path] = list(replies)

    def serves(self, api_version: str, *kinds: tuple[str, str, bool]) -> None:
        """The discovery of a group and version: (kind, plural, namespaced) each."""
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        resources = [{"kind": kind, "name": plural, "namespaced": within} for kind, plural, within in kinds]
        self.on("GET", root, (200, {"resources": resources}))

    def paths(self, method: str) -> list[str]:
        return [path for asked, path, _, _ in self.asked if asked == method]

    def reply(self, method: str, target: str, body: bytes) -> Reply:
        url = urlsplit(target)
        with self._lock:
            self.asked.append((method, url.path, dict(parse_qsl(url.query)), json.loads(body) if body else None))
            queue = self._replies.get((method, url.path), [(404, {"message": f"nothing at {url.path}"})])
            return queue.pop(0) if len(queue) > 1 else queue[0]


class Handler(BaseHTTPRequestHandler):
    faulty: FaultyServer

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, answer = self.faulty.reply(self.command, self.path, body)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data) + self.faulty.cut_off))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - as the standard library calls them

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
