"""The exact weights of the mesh's route, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from canarylab.model.verdict import Finding
from canarylab.scenario import rows
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many, Percent


class Route(Claim):
    """The exact weights that the mesh's own route object gives the canary, in order, from the trigger on."""

    bare: ClassVar[str] = "weights"

    weights: Many[Percent] = Field(min_length=1, examples=[[0, 25, 50, 0]])
    """In percent; the first is the one before the rollout."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        found = [f"{weight}%" for weight in seen.record.route()]
        return [rows.same("the route's weights", [f"{weight}%" for weight in self.weights], found)]
