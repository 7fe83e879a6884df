"""Wrong files: what is wrong, where, and the nearest right word. ``REGENERATE=1`` writes the .out files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from canarylab.scenario import load
from canarylab.scenario.problem import WrongFile

FOLDER = Path(__file__).parent / "wrong"
JARGON = ("validation", "Input", "pydantic", "extra_forbidden", "NoneType", "dict", "tuple", "str ")


def said(file: Path) -> str:
    with pytest.raises(WrongFile) as caught:
        load.file(file, name=file.name)
    return "\n\n".join(map(str, caught.value.problems)) + "\n"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.in")), ids=lambda file: file.stem)
def test_a_wrong_file_is_told_with_carets(file: Path) -> None:
    told, golden = said(file), file.with_suffix(".out")
    if os.environ.get("REGENERATE"):
        golden.write_text(told)
    assert told == golden.read_text()
    assert [word for word in JARGON if word in told] == []


def test_all_problems_of_a_file_are_told_at_once() -> None:
    told = said(FOLDER / "wrong-type.in")
    assert told.count("^\n") + told.count("^ ") >= 5
