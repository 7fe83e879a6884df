"""Plays objects of the API as they change: a list shows the present, a watch waits for what comes next.

It is no API server: it knows only the paths that a test gives it, and refuses every other.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from faulty import FaultyServer, Reply

Json = dict[str, Any]

_WATCH = 0.2  # seconds that a watch lasts in which nothing happens


class Player(FaultyServer):
    """Paths of lists, each with the states of its one object, a while apart, the first at once.

    A state that is ``deleted`` is the object's end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kubeconfig = Path()
        self.ended = threading.Event()
        self.gap = 0.15  # seconds between two states
        self._states: dict[str, list[Json]] = {}
        self._shown: dict[str, int] = {}

    def plays(self, path: str, *states: Json) -> None:
        """An object's states, in turn, from the first watch of its list on."""
        numbered = [
            {**one, "metadata": {**one["metadata"], "resourceVersion": str(n)}} for n, one in enumerate(states, 1)
        ]
        self._states[path], self._shown[path] = numbered, 1
        self.on("GET", f"{path}/{states[0]['metadata']['name']}", (200, numbered[-1]))

    def reply(self, method: str, target: str, body: bytes) -> Reply:
        url = urlsplit(target)
        states = self._states.get(url.path)
        if states is None:
            return super().reply(method, target, body)
        query = dict(parse_qsl(url.query))
        if "watch" in query:
            return 200, self._next(url.path, states, int(query["resourceVersion"]))
        shown = self._shown[url.path]
        return 200, {"metadata": {"resourceVersion": str(shown)}, "items": states[shown - 1 : shown]}

    def _next(self, path: str, states: list[Json], version: int) -> bytes:
        """The state after a version, when its time has come."""
        if version >= len(states):
            self.ended.wait(_WATCH)
            return b""
        self.ended.wait(self.gap)
        self._shown[path] = max(self._shown[path], version + 1)
        kind = "DELETED" if states[version].get("deleted") else "MODIFIED"
        return json.dumps({"type": kind, "object": states[version]}).encode() + b"\n"
