"""Tells at once when a process ends, also one that is not this process's child."""

from __future__ import annotations

import os
import selectors
import threading
from collections.abc import Callable

from canarylab.clusters.local.cri import kernel


class Watch:
    """One thread that waits on process descriptors and calls back from threads of its own."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._new: list[tuple[int, Callable[[], None]]] = []
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def add(self, pid: int, started: int, ended: Callable[[], None]) -> None:
        """Calls ``ended`` once the process with that start time is gone; soon, if it is gone already."""
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            descriptor = -1
        if descriptor >= 0 and kernel.start_time(pid) != started:  # the id is another process's by now
            os.close(descriptor)
            descriptor = -1
        if descriptor < 0:
            threading.Thread(target=ended, daemon=True).start()
            return
        with self._lock:
            self._new.append((descriptor, ended))
        os.write(self._wake, b".")

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._take_new()
                    continue
                self._selector.unregister(key.fd)
                os.close(key.fd)
                threading.Thread(target=key.data, daemon=True).start()

    def _take_new(self) -> None:
        os.read(self._woken, 4096)
        with self._lock:
            new, self._new = self._new, []
        for descriptor, ended in new:
            self._selector.register(descriptor, selectors.EVENT_READ, ended)
