"""Commits to the repository that the cluster follows: a revision, objects, or the merge of a pull request."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from canarylab.gitops import files
from canarylab.journey import Change
from canarylab.scenario.data import Many
from canarylab.scenario.objects import Listed, read
from canarylab.scenario.stage import Stage
from canarylab.scenario.steps.revision import Revision


class GitCommit(Revision):
    """Commits to the repository of `given: git`: a revision of the target, further objects, or both. A revision is the
    trigger of a rollout; while one is going on, it is another revision on top of it.
    """

    bare: ClassVar[str] = "tag"
    python: ClassVar[str] = "delivery.ship(Change(...), message), delivery.commit(message, objects)"

    objects: Many[Listed] = ()
    """Objects that are added, or replace those of their kind and name; or names of files beside the scenario."""
    remove: Many[str] = Field((), examples=[["service/podinfo"]])
    """Objects that are taken out, each as `KIND/NAME`."""
    message: str = ""
    """What the commit says; what it does, if nothing is given."""
    pull_request: bool = False
    """Commits on a branch and merges that one, as Jenkins X promotes: what the cluster sees is the merge commit."""

    @model_validator(mode="after")
    def _something(self) -> GitCommit:
        if not (self._revises or self.objects or self.remove or self.message):
            raise ValueError("say what to commit: `tag`, `image`, `arguments`, `env`, `objects`, `remove`")
        return self

    @property
    def _revises(self) -> bool:
        return self.change() != Change()

    def do(self, stage: Stage) -> None:
        delivery, change = stage.delivery(), self.change()
        objects = read(self.objects, stage.folder)
        gone = [files.file(*one.split("/", 1)) for one in self.remove]
        message = self.message or (str(change) if self._revises else self.words())
        if self._revises:
            delivery.ship(change, message, objects, gone, pull=self.pull_request)
        else:
            delivery.commit(message, objects, gone, pull=self.pull_request)
