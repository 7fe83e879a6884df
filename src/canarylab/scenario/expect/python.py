"""What a function of the user's own finds wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from canarylab.model.verdict import Finding
from canarylab.scenario import functions
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.functions import Call


class PythonClaim(Claim):
    """A function finds nothing wrong: it is called with everything that was seen (`canarylab.scenario.claim.Seen`), and
    returns in words what is wrong, or nothing.
    """

    bare: ClassVar[str] = "call"

    call: Call
    """`package.module:function`, or `file.py:function` beside the scenario."""
    give: dict[str, Any] = Field(default_factory=dict)
    """Arguments by name, beside what was seen."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        wrong = functions.call(self.call, seen.folder, seen, self.give)
        return [Finding(self.call, not wrong, "nothing wrong", str(wrong or "nothing wrong"))]
