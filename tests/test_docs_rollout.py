"""docs/rollout.md shows the table of rules as it is; ``REGENERATE=1`` writes it anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

from canarylab.model.rollout import RULES
from canarylab.report import rules

PAGE = Path(__file__).parent.parent / "docs" / "rollout.md"


def page() -> str:
    """The page with its two generated parts put in anew."""
    text = PAGE.read_text()
    for name, part in (("TABLE", rules.table()), ("DIAGRAM", rules.diagram())):
        text = re.sub(
            f"<!-- {name} -->.*?<!-- /{name} -->", f"<!-- {name} -->\n{part}\n<!-- /{name} -->", text, flags=re.S
        )
    return text


def test_the_page_shows_the_table_as_it_is() -> None:
    if os.environ.get("REGENERATE"):
        PAGE.write_text(page())
    assert page() == PAGE.read_text()
    assert all(f"| {rule.name} |" in PAGE.read_text() for rule in RULES)


def test_the_diagram_leads_from_the_beginning_to_both_ends() -> None:
    drawn = rules.diagram()
    for way in ("[*] --> Initialized", "Finalising --> Succeeded", "Progressing --> Failed", "Failed --> Progressing"):
        assert way in drawn
