"""Applies objects, and takes them away again at the end."""

from __future__ import annotations

from typing import Any, ClassVar

from canarylab.journey import acts
from canarylab.scenario.data import Many
from canarylab.scenario.objects import Listed, read
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class Apply(Step):
    """Applies objects, written out or from files beside the scenario; at the end they are taken away."""

    bare: ClassVar[str] = "objects"
    python: ClassVar[str] = "acts.apply(journey, objects)"

    objects: Many[Listed]
    """Kubernetes objects, or names of files."""

    def do(self, stage: Stage) -> None:
        objects: list[dict[str, Any]] = read(self.objects, stage.folder)
        stage.afterwards(f"apply {self.words()}", lambda: acts.withdraw(stage.journey, objects))
        acts.apply(stage.journey, objects)
