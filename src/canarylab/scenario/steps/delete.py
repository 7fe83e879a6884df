"""Deletes an object."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from canarylab.journey import acts
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Delete(Step):
    """Deletes an object of the scenario's namespace, without waiting for its end."""

    bare: ClassVar[str] = "object"
    python: ClassVar[str] = "acts.delete(journey, reference)"

    object: str = Field(pattern="^[a-z.]+/[a-z0-9.-]+$", examples=["service/podinfo"])
    """`KIND/NAME`."""

    def do(self, stage: Stage) -> None:
        acts.delete(stage.journey, self.object)
