"""The record: events appended under a lock, told to who waits for them, and kept in a file as they come."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from canarylab.clock import Clock, SystemClock
from canarylab.model.timeline import Event, Timeline

_GLANCE = 0.5  # seconds after which a waiter looks for a failure elsewhere


class Record:
    """An append-only timeline. ``file`` gets a JSON line for each event, so that it survives a killed run."""

    def __init__(self, clock: Clock | None = None, file: Path | None = None) -> None:
        self._clock = clock or SystemClock()
        self._file = file
        self._events: list[Event] = []
        self._changed = threading.Condition()
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)

    def append(self, kind: type[Event], source: str, **facts: Any) -> None:
        """Adds an event that happens now."""
        with self._changed:
            one = kind(at=self._clock.monotonic(), wall=self._clock.wall(), source=source, **facts)
            self._events.append(one)
            if self._file is not None:
                with self._file.open("a") as file:
                    file.write(json.dumps(one.facts()) + "\n")
            self._changed.notify_all()

    @property
    def timeline(self) -> Timeline:
        """What has been seen until now; later events do not change it."""
        with self._changed:
            return Timeline(tuple(self._events))

    def wait(
        self, until: Callable[[Timeline], bool], bound: float, failure: Callable[[], str | None] = lambda: None
    ) -> str:
        """Waits until the timeline is as wanted; empty words then, else why it will not be.

        ``bound`` is in seconds; ``failure`` is asked twice a second whether waiting is of no use.
        """
        deadline = self._clock.monotonic() + bound
        while True:
            if until(self.timeline):
                return ""
            if words := failure():
                return words
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return f"it did not come within {bound:.0f} s"
            with self._changed:
                self._changed.wait(min(left, _GLANCE))
