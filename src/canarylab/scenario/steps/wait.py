"""Waits for a stage of the Canary, the rollout's end, words of Flagger, an object, or for time to go by."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from canarylab.journey import acts
from canarylab.journey.journey import ended
from canarylab.model.timeline import Timeline
from canarylab.scenario.data import Count, Percent, Phase, Seconds
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step

_KINDS = ("until", "phase", "said", "object", "seconds", "ticks")


class Wait(Step):
    """Waits for one thing: a stage of the Canary, the rollout's end, words of Flagger, an object, or time."""

    bare: ClassVar[str] = "until"
    python: ClassVar[str] = "journey.reach(...), journey.wait(...), acts.await_object(...), acts.ticks(...)"

    until: str = Field("", pattern="^(|end|[A-Za-z]+ [0-9]{1,3}%)$", examples=["Progressing 25%", "end"])
    """A phase and a weight, as in `Progressing 25%`, or `end`, the rollout's."""
    phase: Phase | None = None
    """The Canary's phase."""
    weight: Percent | None = None
    """With `phase`: the canary's weight in the status."""
    iteration: int | None = None
    """With `phase`: the iteration of an A/B test or of blue/green."""
    failed: int | None = None
    """With `phase`: how many checks have failed."""
    said: str = ""
    """Words that Flagger says after the trigger."""
    times: Count = 1
    """With `said`: how often."""
    object: str = Field("", pattern="^(|[a-z.]+/[a-z0-9.-]+)$", examples=["deployment/podinfo"])
    """`KIND/NAME` in the scenario's namespace."""
    has: dict[str, Any] = Field(default_factory=dict)
    """With `object`: the values that it has to hold."""
    seconds: Seconds | None = None
    """Lets so many seconds go by."""
    ticks: Seconds | None = None
    """Lets so many ticks of Flagger go by; half ones too."""
    within: Seconds | None = None
    """Seconds after which waiting has failed; the rollout's own bound if none is given."""

    @model_validator(mode="after")
    def _one_thing(self) -> Wait:
        given = [kind for kind in _KINDS if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError(f"wait for one thing: {', '.join(_KINDS)}")
        return self

    def do(self, stage: Stage) -> None:
        journey = stage.journey
        if self.seconds:
            acts.pause(journey, self.seconds)
        elif self.ticks:
            acts.ticks(journey, self.ticks)
        elif self.object:
            acts.await_object(journey, self.object, self.has, self.within or 60.0)
        else:
            journey.wait(self.seen, self.words(), self.within)

    def seen(self, timeline: Timeline) -> bool:
        """Whether a record shows what is waited for."""
        record = timeline.since_trigger() if timeline.trigger() else timeline
        if self.until == "end":
            return ended(timeline)
        if self.said:
            return sum(self.said in text for text in record.reasons()) >= self.times
        return self._stage(record)

    def _stage(self, record: Timeline) -> bool:
        stages = record.stages()
        if not stages:
            return False
        last = stages[-1]
        if self.until:
            return f"{last.phase} {last.weight}%" == self.until
        wanted = {"phase": self.phase, "weight": self.weight, "iteration": self.iteration, "failed": self.failed}
        return all(getattr(last, name) == value for name, value in wanted.items() if value is not None)
