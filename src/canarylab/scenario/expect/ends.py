"""The phase in which the record ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Phase


class Ends(Claim):
    """The Canary's last phase."""

    bare: ClassVar[str] = "phase"

    phase: Phase
    """Such as `Succeeded` or `Failed`."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        last = seen.record.phase()
        told = f"{last or 'no phase'}; {(seen.record.reasons() or ('Flagger said nothing',))[-1]}"
        return [Finding("the last phase", last == self.phase, self.phase, told if last != self.phase else last)]
