"""Status and route agree about the canary's weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from canarylab.model.timeline import CanarySeen, RouteSeen, Timeline
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen

# Flagger writes the route before the status, within one tick; a busy API server takes its time for the second.
_APART = 3.0


class SameWeight(Claim):
    """The weight in the Canary's status is the one in the mesh's route, at all times but for moments within a tick."""

    bare: ClassVar[str] = "when"

    when: Literal["always"] = "always"
    """At all times."""

    def findings(self, seen: Seen) -> Sequence[Finding]:
        told = "; ".join(_apart(seen.record))
        return [Finding("the weight in status and route", not told, "the same", told or "the same")]


def _apart(record: Timeline) -> Iterator[str]:
    """Each time for which they differed, in words."""
    status: CanarySeen | None = None
    route: RouteSeen | None = None
    since = 0.0
    for one in record.events:
        if status and route and status.weight != route.canary and one.at - since > _APART:
            yield f"{status.stage} in the status and {route.canary}% in the route for {one.at - since:.0f} s"
        if not isinstance(one, CanarySeen | RouteSeen):
            continue
        status, route = (one, route) if isinstance(one, CanarySeen) else (status, one)
        since = one.at
