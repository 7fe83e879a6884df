"""Cases in files: written by the process that ran a test, read by the one that reports the whole run.

A test has one file, a JSON document, and beside it the record as it goes, a line for each event: when whatever ran the
test is killed, the document says so and the record has what was seen until then.
"""

from __future__ import annotations

import json
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from canarylab.errors import UsageError
from canarylab.model.timeline import Timeline, event
from canarylab.report import as_json
from canarylab.report.case import Case, Outcome

FOLDER = "cases"  # below the run's folder
UNFINISHED = "the run ended before this test did"


@dataclass(frozen=True)
class Store:
    """The files of one test below the folder of a run."""

    root: Path
    test: str

    @property
    def document(self) -> Path:
        return self.root / FOLDER / f"{_slug(self.test)}.json"

    @property
    def record(self) -> Path:
        """Where the events go as they come."""
        return self.document.with_suffix(".jsonl")

    def begin(self, namespace: str, name: str, reproduce: str) -> None:
        """Keeps that the test has begun, for the case that it never ends."""
        begun = Case(namespace, name, Outcome.UNKNOWN, UNFINISHED, test=self.test, reproduce=reproduce)
        self.keep([replace(begun, failure=UNFINISHED)])

    def keep(self, cases: Sequence[Case]) -> None:
        """What became of it; a test that shipped nothing leaves nothing."""
        self.document.parent.mkdir(parents=True, exist_ok=True)
        self.document.write_text(json.dumps([as_json.case(one) for one in cases]))


def read(root: Path) -> tuple[Case, ...]:
    """The cases of a run's folder, those that do not hold first, else in the order of their names."""
    found = [one for file in sorted((root / FOLDER).glob("*.json")) for one in _document(file)]
    return tuple(sorted(found, key=lambda one: one.holds))


def discard(root: Path) -> None:
    """Leaves nothing of the cases, and no folder that is empty then."""
    if (root / FOLDER).is_dir():
        shutil.rmtree(root / FOLDER)
        if not any(root.iterdir()):
            root.rmdir()


def _document(file: Path) -> Iterator[Case]:
    try:
        for one in json.loads(file.read_text()):
            made = case(one)
            unfinished = not made.timeline.events and file.with_suffix(".jsonl").exists()
            yield replace(made, timeline=_events(file.with_suffix(".jsonl"))) if unfinished else made
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"this is no case of a report: {error}", where=str(file)) from error


def _events(file: Path) -> Timeline:
    """A record; its last line may have been cut off."""
    *lines, _ = file.read_text().split("\n")
    seen = Timeline(tuple(event(json.loads(line)) for line in lines))
    return seen.since_trigger() if seen.trigger() else seen


def case(facts: Mapping[str, Any]) -> Case:
    """What :func:`as_json.case` told; ValueError or KeyError for anything else."""
    plain: Case = _adapter().validate_python({**facts, "timeline": Timeline()})
    return replace(plain, timeline=Timeline(tuple(event(one) for one in facts["events"])))


@lru_cache(maxsize=1)
def _adapter() -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415 - only who reads files needs it

    return TypeAdapter(Case)


def _slug(test: str) -> str:
    """A file's name; the sum keeps tests apart whose names differ in other signs only."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', test)[-120:]}-{zlib.crc32(test.encode()):08x}"
