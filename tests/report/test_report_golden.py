"""Each format of one small report, as it was read and found good; ``REGENERATE=1`` writes them anew."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import rollouts

from canarylab.report import as_json, files, store
from canarylab.report.case import Report

FOLDER = Path(__file__).parent / "golden"
CASES = (rollouts.NOT_ROLLED_BACK, rollouts.ROLLED_BACK, rollouts.VERIFIED)


def golden(name: str, now: str) -> str:
    """What was found good."""
    file = FOLDER / name
    if os.environ.get("REGENERATE"):
        file.write_text(now)
    return file.read_text()


def read() -> Report:
    """The report of the cases in ``cases.in``."""
    cases = tuple(store.case(facts) for facts in json.loads((FOLDER / "cases.in").read_text()))
    return replace(rollouts.REPORT, cases=cases)


def test_cases_are_written_as_they_were() -> None:
    now = json.dumps([as_json.case(one) for one in CASES], indent=1) + "\n"
    assert golden("cases.in", now) == now


@pytest.mark.parametrize("name", files.FORMATS)
def test_a_format_is_as_it_was(name: str) -> None:
    now = files.FORMATS[name](read())
    assert golden(f"{name}.out", now) == now
