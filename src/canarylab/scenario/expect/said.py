"""What Flagger says, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from canarylab.model.verdict import Finding
from canarylab.scenario import rows
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many


class Said(Claim):
    """Flagger says these words from the trigger on, in this order; other words may stand between."""

    bare: ClassVar[str] = "phrases"

    phrases: Many[str] = Field(min_length=1, examples=[["New revision detected", "Promotion completed"]])
    """Parts of what it says."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        missing = rows.in_order(self.phrases, seen.record.reasons())
        told = f"never, or not in this order: {missing}\n{listed(seen.record.reasons())}" if missing else "all of it"
        return [Finding("what Flagger said", not missing, rows.row(self.phrases), told)]


def listed(reasons: Sequence[str]) -> str:
    """The last words of Flagger, one in a line."""
    return "\n".join(f"        Flagger:  {text}" for text in reasons[-12:]) or "        Flagger:  nothing"
