"""Follows Flagger's log for one canary: JSON lines of whichever pod runs it, each line once.

A log that breaks off is read again from its last line's time. A pod that was replaced is a gap: what the old
one said last may be lost.
"""

from __future__ import annotations

import contextlib
import json
import math
import threading
import time
from collections.abc import Iterator
from typing import Any

import urllib3
from kubernetes import client

from canarylab.errors import CanarylabError
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.model import timeline
from canarylab.model.canary import Canary
from canarylab.model.timeline import FlaggerSaid, Gap
from canarylab.observe.record import Record

_AGAIN = 0.3
_SELECTORS = (
    "app=flagger",
    "app.kubernetes.io/name=flagger",
)  # Flagger's kustomizations label it so, its chart otherwise


def parse(line: str, canary: str) -> tuple[str, str] | None:
    """Level and text of a log line about ``NAME.NAMESPACE``; None for any other line."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict) or found.get("canary") != canary:
        return None
    return str(found.get("level", "info")), str(found.get("msg", "")).strip()


class LogFollower:
    """Reads the log of the pods labelled as Flagger in ``namespace``, in a thread."""

    def __init__(self, api: client.ApiClient, namespace: str, canary: Canary, record: Record) -> None:
        self._api, self._namespace, self._record = api, namespace, record
        self._wanted = f"{canary.name}.{canary.namespace}"
        self._stopped = threading.Event()
        self._started = 0.0
        self._pod = ""
        self._since, self._read_then = "", 0  # the time of the last line read, and how many had that time
        self._refused: rest.Refused | None = None
        self._thread = threading.Thread(target=self._run, name="follow flagger's log", daemon=True)

    @property
    def refused(self) -> rest.Refused | None:
        """How the server refused to show the log, when :meth:`readable` asked."""
        return self._refused

    def readable(self) -> bool:
        """Asks once whether the log can be read: Flagger's pod is found, and this account may read what it says."""
        if not self._namespace:
            return False
        try:
            pod = self._find()["metadata"]["name"]
            list(rest.lines(self._api, path("v1", "pods", self._namespace, pod) + "/log", {"tailLines": "1"}))
        except rest.Refused as error:
            self._refused = error
            return False
        except (CanarylabError, urllib3.exceptions.HTTPError):
            return False
        return True

    def start(self) -> None:
        self._started = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(CanarylabError, urllib3.exceptions.HTTPError):
                self._read(self._find())
            self._stopped.wait(_AGAIN)

    def _find(self) -> dict[str, Any]:
        """Flagger's running pod."""
        for selector in _SELECTORS:
            found = rest.send(
                self._api, "GET", path("v1", "pods", self._namespace), query={"labelSelector": selector}
            )["items"]  # fmt: skip
            running = [pod for pod in found if pod["status"].get("phase") == "Running"]
            if running:
                return dict(max(running, key=lambda pod: pod["status"].get("startTime", "")))
        raise CanarylabError("Flagger does not run", where=self._namespace)

    def _read(self, pod: dict[str, Any]) -> None:
        states = pod["status"].get("containerStatuses") or [{}]
        instance = states[0].get("containerID", "")
        if self._pod and instance != self._pod:
            why = "Flagger's container was replaced; what the old one said last may be lost"
            self._record.append(Gap, timeline.LOG, why=why)
            self._since, self._read_then = "", 0
        self._pod = instance
        known = self._read_then  # what a log read again from a time on repeats of it
        for line in self._lines(pod["metadata"]["name"]):
            if self._stopped.is_set():
                return
            stamp, _, text = line.partition(" ")
            if stamp < self._since:
                continue
            if stamp == self._since and known:
                known -= 1
                continue
            self._take(stamp, text)

    def _lines(self, pod: str) -> Iterator[str]:
        """From the last line read on; before there is one, from when this was started, by the server's clock."""
        query = {"follow": "true", "timestamps": "true"}
        if self._since:
            query["sinceTime"] = self._since
        else:
            query["sinceSeconds"] = str(math.ceil(time.monotonic() - self._started) + 1)
        yield from rest.lines(self._api, path("v1", "pods", self._namespace, pod) + "/log", query)

    def _take(self, stamp: str, text: str) -> None:
        self._read_then = self._read_then + 1 if stamp == self._since else 1
        self._since = stamp
        if said := parse(text, self._wanted):
            self._record.append(FlaggerSaid, timeline.LOG, level=said[0], text=said[1])
