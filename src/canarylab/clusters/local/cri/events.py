"""Container events, to every kubelet that listens, so that none of them waits for its next look."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any


class Events:
    """A list of listeners, each with a queue of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[queue.SimpleQueue[Any]] = []

    def tell(self, event: Any) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.put(event)

    def listen(self, on_leave: Callable[[Callable[[], None]], Any]) -> Iterator[Any]:
        """Yields events from now on; ``on_leave`` is given what to call when the listener is gone."""
        mine: queue.SimpleQueue[Any] = queue.SimpleQueue()
        with self._lock:
            self._listeners.append(mine)
        on_leave(lambda: mine.put(None))
        try:
            while (event := mine.get()) is not None:
                yield event
        finally:
            with self._lock:
                self._listeners.remove(mine)
