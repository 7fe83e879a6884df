"""Tests that have a provider of Flagger's as a parameter: which ones a run is about, and their table at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from canarylab.pytest_noted import properties

if TYPE_CHECKING:
    from canarylab.meshes import Provider
    from canarylab.report.matrix import Cell

CELL = "canarylab.matrix"  # the name of a test's property in JUnit
MEMORY = "canarylab.memory"  # another one: what the cluster's programs held when the rollout had ended


def chosen(config: pytest.Config) -> tuple[list[Provider], list[pytest.MarkDecorator]]:
    """The providers that a run is about, for tests that have one as a parameter, and the marks of such tests.

    These are all unless ``--mesh`` names some. Only a run that asks for providers takes them for journeys.
    """
    from canarylab import meshes

    named = config.getoption("--mesh")
    found = list(meshes.chosen(named or meshes.ALL))
    if config.getoption("--real-only"):
        found = [one for one in found if not one.translated]
    return found, [pytest.mark.matrix, *([pytest.mark.canary] if named else [pytest.mark.mesh(meshes.ALL)])]


def table(terminalreporter: pytest.TerminalReporter, root: Path) -> list[str]:
    """What each provider has shown, also left as markdown in ``root``; nothing where no such test ran."""
    cells = list(_cells(terminalreporter))
    if not cells:
        return []
    from canarylab.report import matrix

    root.mkdir(parents=True, exist_ok=True)
    (root / "matrix.md").write_text(matrix.markdown(cells))
    held = [value for _, value in properties(terminalreporter, MEMORY)]
    memory = [f"memory of the stack: {max(held, key=_mebibytes)}"] if held else []
    return [*matrix.text(cells), *memory, f"the same as markdown: {root / 'matrix.md'}"]


def _mebibytes(memory: str) -> int:
    return int(memory.partition(" ")[0])


def _cells(terminalreporter: pytest.TerminalReporter) -> Iterator[Cell]:
    """What the tests of providers have shown."""
    from canarylab.report.matrix import Cell

    failed = {report.nodeid for report in terminalreporter.stats.get("failed", [])}
    for test, value in properties(terminalreporter, CELL):
        yield Cell.read(value, held=test not in failed)
