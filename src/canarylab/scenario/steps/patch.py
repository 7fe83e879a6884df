"""Patches an object."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from canarylab.journey import acts
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Patch(Step):
    """Patches an object of the scenario's namespace."""

    python: ClassVar[str] = "acts.patch(journey, reference, body)"

    object: str = Field(pattern="^[a-z.]+/[a-z0-9.-]+$", examples=["canary/podinfo"])
    """`KIND/NAME`."""
    to: dict[str, Any] = Field(default_factory=dict)
    """The values that it is to have; null takes one away."""
    strategic: bool = False
    """Lists are merged by their elements' names, as `kubectl apply` does it."""
    operations: list[dict[str, Any]] = Field(default_factory=list)
    """Operations of a JSON patch, instead of `to`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Patch:
        if bool(self.to) == bool(self.operations):
            raise ValueError("say what it is to have: `to`, or `operations`")
        return self

    def do(self, stage: Stage) -> None:
        kind = "strategic" if self.strategic else "merge"
        if self.operations:
            acts.patch(stage.journey, self.object, self.operations, "json")
        else:
            acts.patch(stage.journey, self.object, self.to, kind)
