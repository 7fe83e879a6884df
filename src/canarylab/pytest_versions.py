"""Tests that have releases of Kubernetes and Flagger as a parameter: which cells a run is about, and their table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from canarylab.errors import UsageError
from canarylab.pytest_noted import properties

if TYPE_CHECKING:
    from canarylab.report.versions import Shown
    from canarylab.toolchain.axes import Cell

SHOWN = "canarylab.versions"  # the name of a test's property in JUnit
_TABLE = "versions.md"


def options(group: pytest.OptionGroup) -> None:
    """The options that name releases beside Flagger's."""
    group.addoption("--kubernetes", metavar="VERSION", help="another release of Kubernetes than the pinned one")
    group.addoption("--cross", action="store_true", help="tests of versions: each Kubernetes with each Flagger")


def chosen(config: pytest.Config) -> tuple[Cell, ...]:
    """The cells that a run is about, for tests that have one as a parameter: ``--kubernetes`` and ``--flagger`` are
    lists then.
    """
    from canarylab.toolchain import axes

    option = config.getoption
    try:
        return axes.selected(option("--kubernetes") or "", option("--flagger") or "", cross=option("--cross"))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def keep(config: pytest.Config, root: Path) -> None:
    """Keeps for the report what the tests of cells have shown, and their table as Markdown."""
    if shown := list(_shown(config)):
        from canarylab.report import versions

        versions.write(shown, root)
        (root / _TABLE).write_text(versions.markdown(shown))


def table(config: pytest.Config, root: Path) -> list[str]:
    """What each cell has shown, and which were not run; nothing where no such test ran."""
    shown = list(_shown(config))
    if not shown:
        return []
    from canarylab.report import versions

    return [*versions.text(shown), f"the same as markdown: {root / _TABLE}"]


def _shown(config: pytest.Config) -> Iterator[Shown]:
    from canarylab.report.versions import Shown

    terminal = config.pluginmanager.getplugin("terminalreporter")
    yield from (Shown.read(value) for _, value in (properties(terminal, SHOWN) if terminal else ()))
