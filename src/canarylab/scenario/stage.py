"""Where steps act: the journey, the folder of the scenario's file, and what has to be undone afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from canarylab.errors import UsageError
from canarylab.faults import Applied
from canarylab.gitops import Delivery
from canarylab.journey import Journey


@dataclass
class Stage:
    """One run of a scenario; everything else that a step may need is reached by its journey."""

    journey: Journey
    folder: Path
    faults: dict[str, Applied] = field(default_factory=dict)
    git: Delivery | None = None
    _undo: list[tuple[str, Callable[[], object]]] = field(default_factory=list)

    def afterwards(self, what: str, undo: Callable[[], object]) -> None:
        """Has something undone at the end, in reverse order."""
        self._undo.append((what, undo))

    def delivery(self) -> Delivery:
        """The application's way by git; UsageError where it does not come by git."""
        if self.git is None:
            raise UsageError("the application does not come by git", next_step="add `git: {}` to `given`")
        return self.git

    def left(self) -> list[tuple[str, Callable[[], object]]]:
        """What is to be undone, the latest first; each is handed out once."""
        found, self._undo = self._undo[::-1], []
        return found
