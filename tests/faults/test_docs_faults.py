"""docs/faults.md has every fault, its fields and how it is measured; ``REGENERATE=1`` writes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from reference import reference

from canarylab import faults
from canarylab.faults.fault import Fault
from canarylab.model.timeline import FaultBegan, FaultEnded

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
BLOCK = re.compile(r"(?<=<!-- REFERENCE -->\n).*(?=<!-- /REFERENCE -->)", re.DOTALL)


def page() -> str:
    return BLOCK.sub(lambda _: reference(), PAGE.read_text())


def test_the_page_shows_the_faults_as_they_are() -> None:
    if os.environ.get("REGENERATE"):
        PAGE.write_text(page())
    assert page() == PAGE.read_text()


@pytest.mark.parametrize("kind", faults.registry().values(), ids=lambda kind: kind.name)
def test_each_fault_has_a_file_that_is_named_for_it(kind: type[Fault]) -> None:
    assert kind.__module__ == f"canarylab.faults.{kind.family}.{kind.name.replace('-', '_')}"
    assert f"### {kind.name}\n" in PAGE.read_text()


@pytest.mark.parametrize("kind", [FaultBegan, FaultEnded], ids=lambda kind: kind.kind)
def test_the_events_are_described_with_their_facts(kind: type[FaultBegan | FaultEnded]) -> None:
    (row,) = re.findall(rf"^\| `{kind.kind}` \| (.*) \|$", PAGE.read_text(), flags=re.MULTILINE)
    own = set(kind.__annotations__) - {"kind"}
    assert set(re.findall(r"`(\w+)`", row)) == own
