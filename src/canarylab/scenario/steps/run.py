"""Runs a program on this machine."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from canarylab.errors import CanarylabError
from canarylab.journey import acts
from canarylab.scenario.data import Many, Seconds
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step

_SHOWN = 800  # characters of what it said instead


class Run(Step):
    """Runs a program on this machine, without a shell, in the folder of the scenario's file. It is given KUBECONFIG,
    NAMESPACE and CANARY.
    """

    bare: ClassVar[str] = "command"
    python: ClassVar[str] = "acts.run(journey, argv, folder)"

    command: Many[str] = Field(min_length=1, examples=[["./measure", "--fast"]])
    """The program and its arguments."""
    within: Seconds = acts.RUN_BOUND
    """Seconds that it may take."""
    exits: int = 0
    """The exit code that it has to end with."""
    says: str = ""
    """Words that its standard output has to hold."""

    def do(self, stage: Stage) -> None:
        said = acts.run(stage.journey, self.command, stage.folder, self.within, self.exits)
        if self.says not in said:
            raise CanarylabError(f"{self.command[0]} did not say {self.says!r}, but: {said.strip()[-_SHOWN:]}")
