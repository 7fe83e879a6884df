"""The values of an object at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from canarylab.journey import acts
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen


class Object(Claim):
    """What an object of the scenario's namespace holds at the end."""

    name: str = Field(pattern="^[a-z.]+/[a-z0-9.-]+$", examples=["configmap/colours-primary"])
    """`KIND/NAME`."""
    has: dict[str, Any] | None = None
    """The values that it has to hold; null: there is no such object."""

    def references(self) -> Sequence[str]:
        return [self.name]

    def findings(self, seen: Seen) -> Sequence[Finding]:
        found = seen.objects[self.name]
        holds = found is None if self.has is None else found is not None and acts.contains(found, self.has)
        wanted = "none" if self.has is None else json.dumps(self.has)
        told = "none" if found is None else json.dumps(_beside(found, self.has or {}))
        return [Finding(self.name, holds, wanted, told)]


def _beside(found: Any, wanted: Any) -> Any:
    """Of what was found, only what was asked about."""
    if isinstance(found, dict) and isinstance(wanted, dict) and wanted:
        return {key: _beside(found.get(key), value) for key, value in wanted.items()}
    return found if not isinstance(found, dict) else {"kind": found.get("kind")}
