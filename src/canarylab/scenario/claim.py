"""A claim about a rollout, held against everything that was seen of it. Pure: what only a cluster can tell is asked
for beforehand, as questions, and stands in the evidence as answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canarylab.journey.capture import Sent
from canarylab.model.canary import Canary
from canarylab.model.timeline import Timeline
from canarylab.model.verdict import Evidence, Finding
from canarylab.scenario.data import Verb

Json = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """A query to Prometheus, at a second of the wall clock; now if it is None."""

    text: str
    wall: float | None = None


@dataclass(frozen=True)
class Seen:
    """All that claims are held against. ``values`` answers queries, ``objects`` gives ``KIND/NAME`` at the end.

    ``folder`` is that of the scenario's file.
    """

    evidence: Evidence
    sent: Sequence[Sent] = ()
    values: Mapping[Query, float | None] = field(default_factory=dict)
    objects: Mapping[str, Json | None] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def canary(self) -> Canary:
        return self.evidence.canary

    @property
    def record(self) -> Timeline:
        """The last rollout: from its trigger on, and before it the last thing seen of each source."""
        timeline = self.evidence.timeline
        return timeline.since_trigger() if timeline.trigger() else timeline


class Claim(Verb):
    """What a file expects."""

    def queries(self, evidence: Evidence) -> Sequence[Query]:
        """What Prometheus has to be asked."""
        del evidence
        return ()

    def references(self) -> Sequence[str]:
        """The objects that have to be looked at, as ``KIND/NAME``."""
        return ()

    def findings(self, seen: Seen) -> Sequence[Finding]:
        """The claim held against what was seen."""
        raise NotImplementedError
