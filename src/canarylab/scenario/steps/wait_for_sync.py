"""Waits until Flux has applied the last commit."""

from __future__ import annotations

from typing import ClassVar

from canarylab.gitops.delivery import SYNC_BOUND
from canarylab.scenario.data import Seconds
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class WaitForSync(Step):
    """Asks Flux to look at the repository of `given: git` now, as `flux reconcile` does, and waits until the last
    commit is applied. It fails at once when Flux refuses what the commit holds.
    """

    bare: ClassVar[str] = "within"
    python: ClassVar[str] = "delivery.sync()"

    within: Seconds = SYNC_BOUND
    """Seconds after which waiting has failed."""
    asking: bool = True
    """Without, Flux looks when its interval says so."""

    def do(self, stage: Stage) -> None:
        stage.delivery().sync(self.within, asking=self.asking)
