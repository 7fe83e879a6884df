"""Ships a revision: the trigger, or, while a rollout is going on, another revision beside it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from canarylab.journey import Change
from canarylab.journey.journey import ended
from canarylab.scenario.data import Many
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class SetImage(Step):
    """Ships a revision: another tag or image, more arguments, other environment. It is the trigger of a rollout;
    while one is going on, it is another revision on top of it.
    """

    bare: ClassVar[str] = "tag"
    python: ClassVar[str] = "journey.begin(Change(...)), journey.also(Change(...))"

    tag: str = ""
    """The image's new tag."""
    image: str = ""
    """The whole image, instead of a tag."""
    arguments: Many[str] = ()
    """Appended to the container's command."""
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables, by name."""

    def do(self, stage: Stage) -> None:
        journey = stage.journey
        change = Change(self.tag, self.image, self.arguments, self.env)
        seen = journey.record.timeline
        if seen.trigger() is None or ended(seen):
            journey.begin(change)
        else:
            journey.also(change)
