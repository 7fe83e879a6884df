"""Runs components side by side, each as soon as what it needs is ready, and tells at once when one dies.

It runs as PID 1 of the cluster's PID namespace, so it also reaps what containers leave behind, and its own
end takes every process of the cluster with it. Deciding is left to two small rules: a death before readiness
fails the start; a later death is restarted, unless it repeats.
"""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canarylab.errors import ComponentDied, EnvironmentFault
from canarylab.process.component import Component, Readiness

PROBE_INTERVAL = 0.05  # seconds; a local endpoint answers in less than one millisecond
RESTARTS_IN_WINDOW, WINDOW = 3, 30.0
RESTART_DELAY = 0.2
LAST_LINES = 15

Report = Callable[[dict[str, object]], None]


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    """The last lines of a log file, or what stands in for them."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(lines[-count:]) or "(empty log)"


def exit_words(status: int) -> str:
    """``exit 3`` or ``killed by SIGKILL`` from an exit code as waitstatus_to_exitcode gives it."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit {status}"


def is_ready(readiness: Readiness) -> bool:
    """One look, bounded by a second."""
    if readiness.socket:
        return Path(readiness.socket).is_socket()
    if not readiness.url:
        return True
    request = urllib.request.Request(readiness.url)  # noqa: S310 - the URL is ours
    if readiness.token_file:
        request.add_header("Authorization", f"Bearer {Path(readiness.token_file).read_text().strip()}")
    context = ssl.create_default_context(cafile=readiness.ca) if readiness.ca else None
    try:
        with urllib.request.urlopen(request, timeout=1, context=context) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class _Running:
    """What the supervisor knows of a component that it has started."""

    component: Component
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    deaths: list[float] = field(default_factory=list)
    exited: asyncio.Future[int] | None = None
    process: subprocess.Popen[bytes] | None = None


class Supervisor:
    """Runs ``components``, logs to ``logs/NAME.log``, and reports each change as a small dict."""

    def __init__(self, components: Sequence[Component], logs: Path, report: Report) -> None:
        self._running = {c.name: _Running(c) for c in components}
        self._logs = logs
        self._report = report
        self._by_pid: dict[int, _Running] = {}

    async def run(self, until: asyncio.Event) -> None:
        """Runs until ``until`` is set; raises ComponentDied when a component cannot be kept up."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGCHLD, self._reap)
        started = time.monotonic()
        keepers = [asyncio.create_task(self._keep(r)) for r in self._running.values()]
        announced: asyncio.Task[Any] = asyncio.create_task(self._announce_ready(started))
        ending = asyncio.create_task(until.wait())
        tasks: list[asyncio.Task[Any]] = [ending, *keepers]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in (announced, *tasks):
            task.cancel()
        loop.remove_signal_handler(signal.SIGCHLD)
        for task in done:
            task.result()

    def kill(self) -> None:
        """SIGKILLs what still runs; PID 1 need not call it, for its own end does the same."""
        for running in self._by_pid.values():
            if running.process is not None:
                running.process.kill()
                running.process.wait()

    async def _announce_ready(self, started: float) -> None:
        for running in self._running.values():
            await running.ready.wait()
        self._report({"event": "all-ready", "seconds": round(time.monotonic() - started, 3)})

    async def _keep(self, running: _Running) -> None:
        for need in running.component.needs:
            await self._running[need].ready.wait()
        while True:
            exited = self._start(running)
            probe = asyncio.create_task(self._until_ready(running))
            either: list[asyncio.Future[Any]] = [exited, probe]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if probe.done():
                probe.result()
            await exited
            probe.cancel()
            self._after_death(running, exited.result())
            await asyncio.sleep(RESTART_DELAY)

    def _start(self, running: _Running) -> asyncio.Future[int]:
        component = running.component
        running.exited = asyncio.get_running_loop().create_future()
        try:
            with self._log(component).open("ab") as log:
                running.process = subprocess.Popen(
                    component.argv,
                    env=dict(component.env),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=component.fds,
                )
        except OSError as error:
            raise EnvironmentFault(
                f"{component.name} cannot be started: {error.strerror}",
                where=component.argv[0],
                next_step="run `canarylab doctor`, then `canarylab provision`",
            ) from error
        self._by_pid[running.process.pid] = running
        self._report({"event": "started", "component": component.name, "pid": running.process.pid})
        return running.exited

    async def _until_ready(self, running: _Running) -> None:
        readiness, began = running.component.ready, time.monotonic()
        while not await asyncio.to_thread(is_ready, readiness):
            if time.monotonic() - began > readiness.bound:
                raise ComponentDied(
                    f"{running.component.name} was not ready within {readiness.bound:.0f} s; its last lines:\n"
                    + last_lines(self._log(running.component)),
                    where=str(self._log(running.component)),
                )
            await asyncio.sleep(PROBE_INTERVAL)
        running.ready.set()
        seconds = round(time.monotonic() - began, 3)
        self._report({"event": "ready", "component": running.component.name, "seconds": seconds})

    def _after_death(self, running: _Running, status: int) -> None:
        """A death before readiness, or one that repeats, ends the cluster; any other is told and mended."""
        name, now = running.component.name, time.monotonic()
        words = f"{name} died ({exit_words(status)})"
        running.deaths = [t for t in running.deaths if now - t < WINDOW] + [now]
        tail = last_lines(self._log(running.component))
        self._report({"event": "died", "component": name, "status": status, "last_lines": tail})
        if not running.ready.is_set() or len(running.deaths) > RESTARTS_IN_WINDOW:
            raise ComponentDied(f"{words}; its last lines:\n{tail}", where=str(self._log(running.component)))

    def _reap(self) -> None:
        """Collects every child that has ended: components, and orphans that PID 1 inherits."""
        while True:
            try:
                pid, raw = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            running = self._by_pid.pop(pid, None)
            if running is None or running.process is None or running.exited is None:
                continue
            running.process.returncode = os.waitstatus_to_exitcode(raw)
            running.exited.set_result(running.process.returncode)

    def _log(self, component: Component) -> Path:
        return self._logs / f"{component.name}.log"
