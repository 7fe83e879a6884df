"""Ships a revision: the trigger, or, while a rollout is going on, another revision beside it."""

from __future__ import annotations

from typing import ClassVar

from canarylab.journey.journey import ended
from canarylab.scenario.stage import Stage
from canarylab.scenario.steps.revision import Revision


class SetImage(Revision):
    """Ships a revision: another tag or image, more arguments, other environment. It is the trigger of a rollout;
    while one is going on, it is another revision on top of it.
    """

    bare: ClassVar[str] = "tag"
    python: ClassVar[str] = "journey.begin(Change(...)), journey.also(Change(...))"

    def do(self, stage: Stage) -> None:
        journey = stage.journey
        change, seen = self.change(), journey.record.timeline
        if seen.trigger() is None or ended(seen):
            journey.begin(change)
        else:
            journey.also(change)
