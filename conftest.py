"""For the project's own tests: pytester, one worker per journey, and a run that must not leave a journey out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
JOURNEY = "@pytest.mark.canary"
JOURNEYS_FOR_EACH_CORE = 4  # one less than scenarios: what continuous integration runs has to hold on a slower machine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-journeys",
        action="store_true",
        help="fail unless tests marked canary ran and none of them was skipped",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--require-journeys") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Journeys(), "canarylab-journeys")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """With ``-m canary -n auto`` each journey gets a worker, as far as the processors bear it, as scenarios do.

    A journey waits for ticks of Flagger most of the time; its users and its pods do not.
    """
    if not config.getoption("markexpr").startswith("canary"):
        return None
    chosen = [Path(argument) for argument in config.args if Path(argument).is_dir()]
    files = {file for folder in chosen for file in folder.rglob("test_*.py")}
    journeys = sum(JOURNEY in file.read_text() for file in files)
    return min(journeys, JOURNEYS_FOR_EACH_CORE * (os.cpu_count() or 1)) or None


class Journeys:
    """Counts what became of the journeys."""

    def __init__(self) -> None:
        self.ran: set[str] = set()
        self.skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if "canary" not in report.keywords:
            return
        if report.skipped:
            self.skipped.add(report.nodeid)
        elif report.when == "call":
            self.ran.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == pytest.ExitCode.OK and (self.skipped or not self.ran):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        skipped = "".join(f"\n  skipped: {name}" for name in sorted(self.skipped))
        terminalreporter.write_line(f"journeys: {len(self.ran)} ran, {len(self.skipped)} skipped{skipped}")
