"""What Go complains of is told as one fault: what happened, in which log, and what to do.

Each ``go/NAME.in`` is what a real go said; ``REGENERATE=1`` writes the ``.out`` beside it anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from canarylab.toolchain.gofaults import explain

CASES = sorted((Path(__file__).parent / "go").glob("*.in"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_complaint_is_told_in_words(case: Path) -> None:
    told, out = f"{explain(case.read_text(), Path('/cache/logs/x.log'))}\n", case.with_suffix(".out")
    if os.environ.get("REGENERATE"):
        out.write_text(told)
    assert told == out.read_text()
    assert "where: /cache/logs/x.log" in told
