"""The alerts that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from canarylab.model.verdict import Finding
from canarylab.scenario import rows
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Many


class Alerts(Claim):
    """Exactly these alerts were sent, in this order, from the Canary's beginning on; `given: alerts` has to be true."""

    bare: ClassVar[str] = "texts"

    texts: Many[str]
    """Parts of their texts, one for each alert."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        found = [text for one in seen.sent if not one.hook for text in _texts(one.body)]
        return [rows.same("the alerts", self.texts, shortened(found, self.texts))]


def _texts(body: dict[str, Any]) -> list[str]:
    """What an alert of Slack's kind says."""
    return [str(one.get("text", "")) for one in body.get("attachments", ())]


def shortened(found: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The texts that were found; the part that was wanted stands for one that holds it."""
    pairs = zip(found, [*wanted, *[""] * len(found)], strict=False)
    return [part if part and part in text else text for text, part in pairs]
