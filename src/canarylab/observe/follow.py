"""Follows one object of the API: list, then watch from the list's version, and again when a watch ends.

Nothing is missed while a watch can be resumed. Where the server has forgotten the version (410, or 504 "Too
large resource version"), a new list shows whether the object changed meanwhile; only then is there a gap.
An object that need not be seen is given up when the server refuses to show it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import urllib3
from kubernetes import client

from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.kube import rest

Json = dict[str, Any]

_WATCH_SECONDS = 60
_AGAIN = 0.2  # seconds between attempts while the server does not answer
_FORGOTTEN = (410, 504)
_REFUSED = (401, 403, 404)  # what asking again does not change: no account, no right, no such kind of object


@dataclass(frozen=True)
class Place:
    """An object's place in the API: the path of its kind in its namespace, and its name."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path.rpartition('/')[2]}/{self.name}"


class Forgotten(Exception):
    """The server cannot go on from a version."""


class Follower:
    """One object, followed in a thread. ``seen`` gets each state once, in order; ``missed`` gets words.

    One that is ``required`` is asked for until the server shows it; another is given up when it is refused.
    """

    def __init__(
        self,
        api: client.ApiClient,
        place: Place,
        seen: Callable[[Json], None],
        missed: Callable[[str], None],
        *,
        required: bool = True,
    ) -> None:
        self._api, self._place, self._seen, self._missed = api, place, seen, missed
        self._required = required
        self._refused: rest.Refused | None = None
        self._silent = ""
        self._last = ""  # the version of the object's last state
        self._listed = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"follow {place}", daemon=True)

    @property
    def last(self) -> str:
        """The resource version of the object's last state seen; empty while it does not exist."""
        return self._last

    @property
    def refused(self) -> rest.Refused | None:
        """How the server refused to show it, while it does."""
        return self._refused

    @property
    def silent(self) -> str:
        """Why nothing is heard of it; empty while the server answers."""
        return self._silent

    def start(self) -> None:
        self._thread.start()

    def listed(self, bound: float) -> bool:
        """Waits until the first list is there, so that whatever changes from now on is seen, or is given up."""
        return self._listed.wait(bound)

    def stop(self) -> None:
        """Ends it; a watch that is open ends by itself, and is not listened to any more."""
        self._stopped.set()

    def current(self) -> str:
        """The object's version on the server now; empty if it does not exist."""
        items = self._list()["items"]
        return str(items[0]["metadata"]["resourceVersion"]) if items else ""

    def _list(self) -> Json:
        return rest.send(self._api, "GET", self._place.path, query=self._only())

    def _only(self) -> dict[str, str]:
        return {"fieldSelector": f"metadata.name={self._place.name}"}

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                found = self._list()
                self._note(None)
                self._compare(found["items"])
                self._listed.set()
                self._resume(found["metadata"]["resourceVersion"])
            except Forgotten:
                continue
            except (CanarylabError, urllib3.exceptions.HTTPError) as error:
                self._note(error)
                if self._refused and not self._required:
                    self._listed.set()
                    return
                self._stopped.wait(_AGAIN)

    def _note(self, error: Exception | None) -> None:
        """Remembers what became of the last request."""
        self._refused = error if isinstance(error, rest.Refused) and error.status in _REFUSED else None
        self._silent = str(error) if error and not self._refused else ""

    def _compare(self, items: list[Json]) -> None:
        """After a list: a state that differs from the last one came by a way that was not seen."""
        version = items[0]["metadata"]["resourceVersion"] if items else ""
        if self._listed.is_set() and version != self._last:
            self._missed(f"{self._place} was listed again, and had changed from version {self._last or 'none'}")
        if version and version != self._last:
            self._take(items[0])
        self._last = version

    def _resume(self, version: str) -> None:
        """Watches from a version on, and from where a broken watch stopped, until the server has forgotten it."""
        reached = version
        while not self._stopped.is_set():
            try:
                for event in self._changes(reached):
                    reached = event["object"]["metadata"]["resourceVersion"]
                    self._note(None)
                    self._heed(event)
                self._note(None)
            except (EnvironmentFault, urllib3.exceptions.HTTPError) as error:
                self._note(error)
                self._stopped.wait(_AGAIN)
            except rest.Refused as error:
                self._give_up(error)
                self._stopped.wait(_AGAIN)

    def _give_up(self, error: rest.Refused) -> None:
        """Ends a watch that asking again from the same version does not bring back."""
        self._note(error)
        if error.status in _FORGOTTEN:
            raise Forgotten from error
        if self._refused and not self._required:
            raise error

    def _changes(self, version: str) -> Iterator[Json]:
        query = {**self._only(), "allowWatchBookmarks": "true"}
        for event in rest.watch(self._api, self._place.path, version, query, _WATCH_SECONDS):
            if self._stopped.is_set():
                return
            if event["type"] == "ERROR":
                raise Forgotten
            yield event

    def _heed(self, event: Json) -> None:
        if event["type"] == "DELETED":
            self._last = ""
        elif event["type"] != "BOOKMARK":
            self._take(event["object"])

    def _take(self, item: Json) -> None:
        self._last = item["metadata"]["resourceVersion"]
        self._seen(item)
