"""How long each test took, read from the reports of earlier runs: our report.json, our JUnit, or pytest's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from canarylab.errors import UsageError
from canarylab.shards import key


def known(files: Iterable[Path]) -> dict[str, float]:
    """Seconds by key, of reports or of folders with such; of a test that stands in several the longest counts."""
    found: dict[str, float] = {}
    for report in (one for file in files for one in reports(file)):
        for name, seconds in _read(report).items():
            found[name] = max(seconds, found.get(name, 0.0))
    return found


def reports(file: Path) -> list[Path]:
    """The reports of a folder, those that tell more last, or the one that is named; UsageError where none is."""
    if not file.exists():
        raise UsageError("there is no report", where=str(file), next_step="name a report.json, JUnit XML, or a folder")
    return [*sorted(file.rglob("*.xml")), *sorted(file.rglob("report.json"))] if file.is_dir() else [file]


def _read(report: Path) -> dict[str, float]:
    """What one report tells; a test that shipped several revisions has the sum of their seconds."""
    found: dict[str, float] = {}
    with reading(report):
        for name, seconds in _xml(report) if report.suffix == ".xml" else _json(report):
            found[name] = found.get(name, 0.0) + seconds
    return found


@contextmanager
def reading(report: Path) -> Iterator[None]:
    """UsageError for what turns out to be no report, for the length of a ``with`` block."""
    try:
        yield
    except (OSError, ValueError, TypeError, KeyError, ET.ParseError) as error:
        next_step = "name a report.json of ours, or JUnit XML"
        raise UsageError(f"this is no report: {error}", where=str(report), next_step=next_step) from error


def _json(report: Path) -> Iterator[tuple[str, float]]:
    for one in json.loads(report.read_text())["canaries"]:
        yield key(one["test"]), float(one["seconds"])


def _xml(report: Path) -> Iterator[tuple[str, float]]:
    for one in ET.parse(report).iter("testcase"):  # noqa: S314 - of our own runs
        yield key(f"{one.get('classname')}::{one.get('name')}"), float(one.get("time", 0))
