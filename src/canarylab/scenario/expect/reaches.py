"""A stage is reached within a number of ticks."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import model_validator

from canarylab.model import ticks
from canarylab.model.timeline import Timeline
from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.data import Count, Percent, Phase


class Reaches(Claim):
    """The Canary reaches a phase, a weight, or both at once, within a number of Flagger's ticks."""

    phase: Phase | None = None
    """The phase."""
    weight: Percent | None = None
    """The canary's weight in the status."""
    within: Count
    """Ticks, counted from 1, the one that finds the new revision."""

    @model_validator(mode="after")
    def _something(self) -> Reaches:
        if self.phase is None and self.weight is None:
            raise ValueError("say what is reached: `phase`, `weight`, or both")
        return self

    def findings(self, seen: Seen) -> Sequence[Finding]:
        what = " ".join(str(one) for one in (self.phase, _percent(self.weight)) if one is not None)
        at = self._tick(seen.record, seen.canary.interval)
        told = f"in tick {at}" if at else "never"
        return [Finding(f"{what} is reached", 0 < at <= self.within, f"within {self.within} ticks", told)]

    def _tick(self, record: Timeline, interval: float) -> int:
        """The first tick that shows it; 0 if none does."""
        trigger = record.trigger()
        since = [one for one in record.events if trigger is None or one.at > trigger.at]
        for tick in ticks.ticks(since, interval):
            if tick.stage and self.phase in (None, tick.stage.phase) and self.weight in (None, tick.stage.weight):
                return tick.number
        return 0


def _percent(weight: int | None) -> str | None:
    return None if weight is None else f"{weight}%"
