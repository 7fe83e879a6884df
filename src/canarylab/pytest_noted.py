"""What tests have noted under a name, as properties in JUnit, told at the end of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


def properties(terminalreporter: pytest.TerminalReporter, wanted: str) -> Iterator[tuple[str, str]]:
    """Each test that noted something under the name ``wanted``, and what; also of pytest-xdist's workers."""
    for report in terminalreporter.stats.get("", []):
        if isinstance(report, pytest.TestReport) and report.when == "teardown":
            yield from ((report.nodeid, str(value)) for name, value in report.user_properties if name == wanted)
