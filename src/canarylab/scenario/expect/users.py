"""What users saw: how many of their answers were good, and how long they took."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pydantic import model_validator

from canarylab.model.traffic import Answer, Crowd
from canarylab.model.verdict import Finding
from canarylab.scenario import spans
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.compare import Compare
from canarylab.scenario.data import Comparison, Count
from canarylab.scenario.spans import During


class Users(Claim):
    """The users' success rate and the duration of their answers, from the trigger on or in a part of the rollout."""

    success: Comparison = ""
    """Percent of answers that were no server's error, and came at all."""
    p50: Comparison = ""
    """The duration that half of the answers did not exceed."""
    p99: Comparison = ""
    """The duration that 99 of 100 answers did not exceed."""
    during: During | None = None
    """A part of the rollout: `weight 25`, `phase Finalising`, `fault abort`, `before`, `after`."""
    of: str = ""
    """Which users; all if none is named."""
    answers: Count = 1
    """The least number of answers that the claim may rest on."""

    @model_validator(mode="after")
    def _something(self) -> Users:
        if not (self.success or self.p50 or self.p99):
            raise ValueError("say what is expected of the answers: `success`, `p50`, `p99`")
        return self

    def findings(self, seen: Seen) -> Sequence[Finding]:
        crowds = [one for one in seen.evidence.crowds if self.of in ("", one.name)]
        if not crowds:
            return [Finding(f"answers to {self.of or 'users'}", False, "some", "there are no such users")]
        return [finding for crowd in crowds for finding in self._of(crowd, self._answers(crowd, seen))]

    def _answers(self, crowd: Crowd, seen: Seen) -> list[Answer]:
        if self.during:
            return spans.answered(crowd.answers, spans.spans(self.during, seen.evidence.timeline))
        trigger = seen.record.trigger()
        return [one for one in crowd.answers if trigger is None or one.sent >= trigger.at]

    def _of(self, crowd: Crowd, answers: list[Answer]) -> Iterator[Finding]:
        claim = f"{crowd.name}{f' during {self.during}' if self.during else ''}"
        if len(answers) < self.answers:
            yield Finding(f"{claim}: answers", False, f"{self.answers} or more", str(len(answers)))
            return
        if self.success:
            bad = sum(not one.good for one in answers)
            rate = 100 * (1 - bad / len(answers))
            told = f"{rate:.2f}%: {bad} of {len(answers)} failed"
            yield Finding(f"{claim}: success rate", Compare.parse(self.success).holds(rate), self.success, told)
        for name, part, limit in (("p50", 0.5, self.p50), ("p99", 0.99, self.p99)):
            if limit:
                took = quantile([one.answered - one.sent for one in answers], part)
                holds = Compare.parse(limit).holds(took)
                yield Finding(f"{claim}: {name}", holds, limit, f"{took * 1000:.0f}ms of {len(answers)}")


def quantile(values: Sequence[float], part: float) -> float:
    """The value that a part of all does not exceed."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]
