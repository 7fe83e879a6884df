"""Reverts a commit in the repository that the cluster follows."""

from __future__ import annotations

from typing import ClassVar, Literal

from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


class GitRevert(Step):
    """Reverts the last commit in the repository of `given: git`; of a merged pull request all that it brought. The
    revert of a revision that was promoted is the trigger of a rollout.
    """

    bare: ClassVar[str] = "commit"
    python: ClassVar[str] = "delivery.revert()"

    commit: Literal["last"] = "last"
    """Which one."""

    def do(self, stage: Stage) -> None:
        stage.delivery().revert()
