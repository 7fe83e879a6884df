"""Calls a function of the user's own."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from canarylab.scenario import functions
from canarylab.scenario.functions import Call
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Python(Step):
    """Calls a function with the stage: `package.module:function`, or `file.py:function` beside the scenario. Whatever
    it raises fails the step.
    """

    bare: ClassVar[str] = "call"
    python: ClassVar[str] = "the function itself"

    call: Call
    """Where the function is."""
    give: dict[str, Any] = Field(default_factory=dict)
    """Arguments by name, beside the stage."""

    def do(self, stage: Stage) -> None:
        functions.call(self.call, stage.folder, stage, self.give)
