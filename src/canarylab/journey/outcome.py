"""What a shipped revision came to: the evidence, and assertions that leave a dossier when they fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from canarylab.errors import VerdictError
from canarylab.model import expectation, verdict
from canarylab.model.expectation import Expectation
from canarylab.model.timeline import CanarySeen
from canarylab.model.verdict import Evidence, Verdict


@dataclass(frozen=True)
class Outcome:
    """One rollout that has ended, or got stuck. ``stuck`` says why it did not end; ``explain`` writes a dossier.

    ``verdicts`` grows by each assertion: the whole rollout that was expected, if it was, and what was found.
    """

    evidence: Evidence
    stuck: str
    explain: Callable[[str], Path]
    verdicts: list[tuple[Expectation | None, Verdict]] = field(default_factory=list)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What Flagger said from the trigger on."""
        return self.evidence.timeline.since_trigger().reasons()

    @property
    def summary(self) -> str:
        """The rollout in a line: its end, its seconds from the trigger on, its weights, its users."""
        timeline = self.evidence.timeline
        trigger, ends = timeline.trigger(), list(timeline.since_trigger().of(CanarySeen))
        took = f"{ends[-1].at - trigger.at:.0f} s" if trigger and ends else "no time"
        weights = " > ".join(map(str, timeline.since_trigger().route()))
        answers = [one for crowd in self.evidence.crowds for one in crowd.answers]
        bad = sum(not one.good for one in answers)
        ended = self.stuck or f"{timeline.phase()} after {took}"
        return f"{ended}; weights {weights}; {bad} of {len(answers)} answers to users failed"

    def assert_promoted(self) -> Verdict:
        """Every step once, no failed check, the primary runs the new revision, users saw no error."""
        __tracebackhide__ = True
        return self.assert_as(expectation.promotion(self.evidence.canary))

    def assert_rolled_back(self, *said: str, at: int | None = None) -> Verdict:
        """Each check at weight ``at`` (the first, if none is named) failed, the primary is as it was."""
        __tracebackhide__ = True
        return self.assert_as(expectation.rollback(self.evidence.canary, at), *said)

    def assert_as(self, expected: Expectation, *said: str) -> Verdict:
        """As expected, and Flagger said these words, in this order; VerdictError names the dossier otherwise."""
        __tracebackhide__ = True
        found = verdict.judge(self.evidence, expected)
        if said:
            found = Verdict((*found.findings, self._said(said)))
        self.verdicts.append((expected, found))
        if found.holds and not self.stuck:
            return found
        text = f"{found}\n{self.stuck}".strip()
        raise VerdictError(
            f"the rollout was not {expected.outcome} as expected\n{text}",
            where=f"canary/{self.evidence.canary.namespace}/{self.evidence.canary.name}",
            next_step=f"read {self.explain(text)}",
        )

    def _said(self, wanted: tuple[str, ...]) -> verdict.Finding:
        left = list(wanted)
        for text in self.reasons:
            if left and left[0] in text:
                del left[0]
        missing = f"never, or not in this order: {left[0]}" if left else "all of it"
        return verdict.Finding("what Flagger said", not left, " > ".join(wanted), missing)
