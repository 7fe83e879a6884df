"""What Flagger never says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many


class NeverSaid(Claim):
    """Flagger says none of these words from the trigger on."""

    bare: ClassVar[str] = "phrases"

    phrases: Many[str] = Field(min_length=1, examples=[["no values found"]])
    """Parts of what it might say."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        said = [text for text in seen.record.reasons() if any(one in text for one in self.phrases)]
        told = f"{len(said)} times, first: {said[0]}" if said else "never"
        return [Finding(f"Flagger says {', '.join(self.phrases)}", not said, "never", told)]
