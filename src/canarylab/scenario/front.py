"""Runs scenarios by pytest, for the command line: its arguments, and what of its reports the exit code comes from."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from canarylab.scenario import summary
from canarylab.scenario.item import EXIT, KEPT, RESULT
from canarylab.scenario.load import File
from canarylab.scenario.plugin import REFUSED
from canarylab.scenario.result import Status
from canarylab.scenario.summary import Done
from canarylab.shards import Shard

# A scenario waits for Flagger's ticks most of the time; its users and its pods do not: 10 to 12 CPU seconds for each.
# With six, a slow machine let answers wait for a quarter of a second, with fourteen every second rollout failed.
FOR_EACH_CORE = 5
_WRONG = 1
_INTERRUPTED = 130
# No configuration and no conftest.py of whoever calls has a say.
_ALWAYS = (
    "-c", os.devnull, "--noconftest", "-p", "no:cacheprovider", "-v", "-rfEsxX", "--no-header",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for. ``workers`` is None where nobody says."""

    options: tuple[str, ...]
    report: Path | None = None
    select: str = ""
    markers: str = ""
    workers: int | None = None
    fail_fast: bool = False
    repeat: int = 1
    pause: bool = False
    shard: Shard | None = None
    times: tuple[Path, ...] = ()


@dataclass
class Front:
    """A plugin of pytest: collects what became of each item, and prints the last lines."""

    began: float = field(default_factory=time.monotonic)
    done: list[Done] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    config: pytest.Config | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.failed:
            self.codes.append(int(str(told.get(EXIT, _WRONG))))
        if report.when == "call":
            self._count(report, json.loads(str(told.get(RESULT, "{}"))))
        if report.when == "teardown" and KEPT in told:
            self.notes.append(f"kept {told[KEPT]}")

    def _count(self, report: pytest.TestReport, result: Mapping[str, str]) -> None:
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        word = result.get("status", "failed" if report.failed else "skipped")
        self.done.append(Done(name, not report.failed, word, report.duration))
        if word == Status.NEWS.value:
            self.notes.append(f"{name}: {result['reason']}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("scenarios")
        for line in self._lines():
            terminalreporter.line(line)

    def _lines(self) -> list[str]:
        return [*summary.lines(self.done, time.monotonic() - self.began), *self.notes]

    def exit_code(self, code: int) -> int:
        """pytest's exit code as canarylab's; a cluster that could not be joined has said its own."""
        if self.config is not None and (refused := self.config.stash.get(REFUSED, 0)):
            return refused
        if code == pytest.ExitCode.OK:
            return 0
        if code == pytest.ExitCode.INTERRUPTED and not self.codes:
            return _INTERRUPTED
        if code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):  # with xdist --fail-fast interrupts
            return _WRONG if _WRONG in self.codes else max(self.codes, default=_WRONG)
        return 2


def workers(wishes: Wishes, count: int) -> int:
    """As many as there are items, as far as the cores bear it; 0 is this process alone."""
    if wishes.pause:
        return 0
    most = FOR_EACH_CORE * (os.cpu_count() or 1)
    chosen = min(count, most) if wishes.workers is None else wishes.workers
    return chosen if chosen > 1 else 0


def items(files: Sequence[File], wishes: Wishes) -> int:
    """How many runs of scenarios there are, of a share about how many."""
    return math.ceil(len(files) * wishes.repeat / (wishes.shard.count if wishes.shard else 1))


def arguments(files: Sequence[File], wishes: Wishes) -> list[str]:
    """pytest's arguments."""
    found = [*(one.name for one in files), *_ALWAYS, f"--rootdir={Path.cwd()}", f"--repeat={wishes.repeat}"]
    count = workers(wishes, items(files, wishes))
    if count:
        found += ["-n", str(count), "--dist=load", "--maxschedchunk=1"]
    if wishes.report:
        found.append(f"--canary-report={wishes.report}")
    if wishes.shard:
        found.append(f"--shard={wishes.shard.number}/{wishes.shard.count}")
    found += [f"--shard-times={one}" for one in wishes.times]
    found += ["-k", wishes.select] if wishes.select else []
    found += ["-m", wishes.markers] if wishes.markers else []
    found += [*(["-x"] if wishes.fail_fast else []), *(["--pause-on-failure"] if wishes.pause else [])]
    return [*found, *wishes.options]


def head(files: Sequence[File], wishes: Wishes) -> str:
    """The first line of a run."""
    each = f", each {wishes.repeat} times" if wishes.repeat > 1 else ""
    share = f", share {wishes.shard.number} of {wishes.shard.count} of them" if wishes.shard else ""
    at_a_time = workers(wishes, items(files, wishes)) or 1
    return f"{len(files)} scenario{'' if len(files) == 1 else 's'}{each}{share}; {at_a_time} at a time"


def run(files: Sequence[File], wishes: Wishes) -> int:
    """Runs them; canarylab's exit code."""
    front = Front()
    print(f"canarylab: {head(files, wishes)}", flush=True)
    return front.exit_code(pytest.main(arguments(files, wishes), plugins=[front]))
