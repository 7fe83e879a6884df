"""The calls of webhooks that came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from canarylab.journey.capture import Sent
from canarylab.model.verdict import Finding
from canarylab.scenario import rows
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many
from canarylab.scenario.expect.alerts import shortened


class Hooks(Claim):
    """Calls of the webhooks of `given: listens` that came, in order, as `TYPE PHASE`, and `event PHASE: MESSAGE`."""

    bare: ClassVar[str] = "calls"

    calls: Many[str]
    """Parts of such lines, in order."""
    exactly: bool = False
    """No other calls came, neither before, between nor after."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        found = [line(one) for one in seen.sent if one.hook]
        if self.exactly:
            return [rows.same("the calls of webhooks", self.calls, shortened(found, self.calls))]
        missing = rows.in_order(self.calls, found)
        told = f"never, or not in this order: {missing}; there were: {rows.row(found)}" if missing else "all of it"
        return [Finding("the calls of webhooks", not missing, rows.row(self.calls), told)]


def line(one: Sent) -> str:
    """A call in a line."""
    message = (one.body.get("metadata") or {}).get("eventMessage", "")
    return f"{one.hook} {one.body.get('phase', '')}" + (f": {message}" if message else "")
