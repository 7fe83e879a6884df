"""What Flagger says, from the Events about one Canary: for accounts that may not read its log.

Kubernetes' clients put Events with the same text together and count them, call many alike "similar", and drop some
when there are many; so this tells less than the log, and a text that was never heard proves nothing.
"""

from __future__ import annotations

import threading
from typing import Any

import urllib3
from kubernetes import client

from canarylab.errors import CanarylabError
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model.canary import Canary
from canarylab.model.timeline import FlaggerSaid
from canarylab.observe.record import Record

Json = dict[str, Any]

EVENTS = "events"  # the source's name in a record
_SIMILAR = "(combined from similar events): "
_WATCH_SECONDS = 60
_AGAIN = 0.3
_REFUSED = (401, 403, 404)


class EventFollower:
    """Lists and watches the Events of one Canary, in a thread; only what comes after the first list is told."""

    def __init__(self, api: client.ApiClient, canary: Canary, record: Record) -> None:
        self._api, self._record = api, record
        self._path = path("v1", "events", canary.namespace)
        self._only = {"fieldSelector": f"involvedObject.kind=Canary,involvedObject.name={canary.name}"}
        self._counts: dict[str, int] = {}
        self._refused: rest.Refused | None = None
        self._listed, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow events", daemon=True)

    @property
    def refused(self) -> rest.Refused | None:
        """How the server refused to show Events; nothing is heard then."""
        return self._refused

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def listed(self, bound: float) -> bool:
        """Waits until the first list is there, or is refused."""
        return self._listed.wait(bound)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._follow()
            except rest.Refused as error:
                if error.status in _REFUSED:
                    self._refused = error
                    self._listed.set()
                    return
                self._stopped.wait(_AGAIN)
            except (CanarylabError, urllib3.exceptions.HTTPError):
                self._stopped.wait(_AGAIN)

    def _follow(self) -> None:
        """A list, and a watch until it ends."""
        found = rest.send(self._api, "GET", self._path, query=self._only)
        for item in sorted(found["items"], key=lambda one: str(one.get("lastTimestamp"))):
            self._heed(item, aloud=self._listed.is_set())
        self._listed.set()
        version = found["metadata"]["resourceVersion"]
        for event in rest.watch(self._api, self._path, version, self._only, _WATCH_SECONDS):
            if self._stopped.is_set() or event["type"] == "ERROR":
                return
            if event["type"] in ("ADDED", "MODIFIED"):
                self._heed(event["object"], aloud=True)

    def _heed(self, item: Json, *, aloud: bool) -> None:
        """Says an Event's text as many times as its count grew."""
        uid, count = item["metadata"]["uid"], item.get("count") or 1
        new = count - self._counts.get(uid, 0)
        self._counts[uid] = count
        for _ in range(new if aloud else 0):
            level = "warning" if item.get("type") == "Warning" else "info"
            text = str(item.get("message", "")).removeprefix(_SIMILAR).strip()
            self._record.append(FlaggerSaid, EVENTS, level=level, text=text)
