"""Opens or closes a gate of the load tester's."""

from __future__ import annotations

from typing import ClassVar, Literal

from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Gate(Step):
    """Opens or closes the canary's gate, which every webhook of `given: gates` asks; it is closed at first."""

    bare: ClassVar[str] = "word"
    python: ClassVar[str] = 'journey.gate("open")'

    word: Literal["open", "close"]
    """What to do with it."""
    of: Literal["gate", "rollback"] = "gate"
    """Which one: webhooks of type `rollback` have a gate of their own, and an open one rolls back."""

    def do(self, stage: Stage) -> None:
        stage.journey.gate(self.word, self.of)
