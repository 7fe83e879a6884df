"""A bound of the canary's weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from canarylab.model.timeline import CanarySeen, RouteSeen
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Percent


class NeverAbove(Claim):
    """Neither the Canary's status nor the route ever gives the canary more."""

    bare: ClassVar[str] = "weight"

    weight: Percent
    """In percent."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        status = max((one.weight for one in seen.record.of(CanarySeen)), default=0)
        route = max((one.canary for one in seen.record.of(RouteSeen)), default=0)
        holds = max(status, route) <= self.weight
        told = f"{status}% in the status, {route}% in the route"
        return [Finding("the canary's largest weight", holds, f"{self.weight}% or less", told)]
