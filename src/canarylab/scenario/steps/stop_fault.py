"""Ends a fault."""

from __future__ import annotations

from typing import Annotated, ClassVar

from canarylab import faults
from canarylab.errors import UsageError
from canarylab.scenario.data import one_of
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class StopFault(Step):
    """Ends a fault and waits until its end is measured."""

    bare: ClassVar[str] = "name"
    python: ClassVar[str] = "applied.end()"

    name: Annotated[str, one_of(lambda: list(faults.registry()))]
    """The fault's name."""

    def do(self, stage: Stage) -> None:
        if self.name not in stage.faults:
            raise UsageError(f"the fault {self.name} has not begun", next_step="begin it with a step `fault`")
        stage.faults.pop(self.name).end()
