"""What a run's reports say of each test: whether it failed, the first lines of its dossier, and what it ran on.

Read from our report.json and from JUnit, pytest's or ours. A folder may hold the reports of a whole matrix, each below
a folder that is named for its cell; what lies further below, such as the shares of a cell, is of the same cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as ET

from canarylab import durations
from canarylab.report import said, store
from canarylab.report.case import Case
from canarylab.shards import key

LINES = 15  # of a dossier
_BAD = ("failure", "error")


@dataclass(frozen=True)
class Ran:
    """One test in one cell; ``cell`` is empty where a report is of no matrix. ``why`` is empty unless it failed."""

    cell: str
    test: str
    failed: bool = False
    why: tuple[str, ...] = ()
    ground: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        return self.cell, self.test


def read(path: Path) -> dict[tuple[str, str], Ran]:
    """Every test of a report, or of all reports of a folder, by cell and test; one that failed anywhere has failed.

    UsageError for what is no report. Tests that were skipped are not there.
    """
    found: dict[tuple[str, str], Ran] = {}
    for report in durations.reports(path):
        for one in _read(report, _cell(path, report)):
            known = found.get(one.place)
            found[one.place] = one if known is None or one.failed or not known.failed else known
    return found


def _cell(root: Path, report: Path) -> str:
    """The folder below the root, of reports that are not directly in it."""
    parts = report.relative_to(root).parts[:-1] if root.is_dir() else ()
    return parts[0] if parts else ""


def _read(report: Path, cell: str) -> list[Ran]:
    with durations.reading(report):
        return list(_xml(report, cell) if report.suffix == ".xml" else _json(report, cell))


def _json(report: Path, cell: str) -> Iterator[Ran]:
    for facts in json.loads(report.read_text())["canaries"]:
        one = store.case(facts)
        ground = one.ground.lines if one.ground else ()
        yield Ran(cell, key(one.title), not one.holds, () if one.holds else tuple(_dossier(one))[:LINES], ground)


def _dossier(one: Case) -> Iterator[str]:
    """What explains a case, the most telling first."""
    yield from filter(None, (one.reason, *one.details))
    yield from chain.from_iterable(str(each).splitlines() for each in one.wrong)
    if not one.wrong:
        yield from one.failure.splitlines()
    yield from (f"Flagger: {each.theirs}" for each in said.of(one.timeline)[-said.LAST :])


def _xml(report: Path, cell: str) -> Iterator[Ran]:
    for one in ET.parse(report).iter("testcase"):  # noqa: S314 - of our own runs
        if one.find("skipped") is not None:
            continue
        test = key(f"{one.get('classname')}::{one.get('name')}")
        bad = [each for name in _BAD for each in one.iter(name)]
        why = [line for each in bad for line in _told(each).splitlines() if line.strip()]
        yield Ran(cell, test, bool(bad), tuple(why[:LINES]))


def _told(bad: ET.Element) -> str:
    """The message, and what is more than that in the text."""
    message, text = bad.get("message", ""), bad.text or ""
    return text if text.startswith(message) else f"{message}\n{text}"
