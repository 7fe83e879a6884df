"""Runs kubectl."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from canarylab.journey import acts
from canarylab.scenario.data import Many
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Kubectl(Step):
    """Runs kubectl against the cluster, in the scenario's namespace unless the arguments name another."""

    bare: ClassVar[str] = "arguments"
    python: ClassVar[str] = "acts.kubectl(journey, arguments)"

    arguments: Many[str] = Field(min_length=1, examples=[["scale", "deployment/other", "--replicas=0"]])
    """What stands behind `kubectl`."""

    def do(self, stage: Stage) -> None:
        acts.kubectl(stage.journey, self.arguments)
