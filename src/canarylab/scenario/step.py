"""A step: frozen data that knows how to act on a stage."""

from __future__ import annotations

from typing import ClassVar

from canarylab.scenario.data import Verb
from canarylab.scenario.stage import Stage


class Step(Verb):
    """``python`` names the same act for those who write Python."""

    python: ClassVar[str]

    def do(self, stage: Stage) -> None:
        """Acts; raises the project's errors."""
        raise NotImplementedError
