"""The value of a query to Prometheus."""

from __future__ import annotations

import math
from collections.abc import Sequence

from canarylab.model.verdict import Evidence, Finding
from canarylab.scenario import spans
from canarylab.scenario.claim import Claim, Query, Seen
from canarylab.scenario.compare import Compare
from canarylab.scenario.data import Comparison
from canarylab.scenario.spans import During


class Metric(Claim):
    """The value of a query to Prometheus, at the end of the rollout or of a part of it."""

    query: str
    """PromQL with one value."""
    value: Comparison
    """What it has to be."""
    at: During | None = None
    """The part of the rollout at whose end it is asked about."""

    def queries(self, evidence: Evidence) -> Sequence[Query]:
        if self.at is None:
            return [Query(self.query)]
        ends = [end for _, end in spans.spans(self.at, evidence.timeline)]
        return [Query(self.query, _wall(evidence, ends[-1]))] if ends else []

    def findings(self, seen: Seen) -> Sequence[Finding]:
        claim = f"{self.query}{f' at {self.at}' if self.at else ''}"
        asked = self.queries(seen.evidence)
        if not asked:
            return [Finding(claim, False, self.value, "the rollout had no such part")]
        value = seen.values[asked[0]]
        holds = value is not None and Compare.parse(self.value).holds(value)
        return [Finding(claim, holds, self.value, "no value" if value is None else f"{value:g}")]


def _wall(evidence: Evidence, at: float) -> float:
    """A monotonic second by the wall clock, from the last event before it; the last of all if it is without end."""
    last = [one for one in evidence.timeline.events if one.at <= at][-1]
    return last.wall if math.isinf(at) else last.wall + at - last.at
