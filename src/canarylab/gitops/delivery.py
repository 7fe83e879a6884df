"""Brings an application by git: commits its objects, has Flux follow them, and records commits and syncs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from canarylab.errors import EnvironmentFault
from canarylab.gitops import files, flux, hosted, seen
from canarylab.gitops.clone import Clone, shown
from canarylab.gitops.following import Following
from canarylab.gitops.settings import NAME, SOURCE, Settings
from canarylab.journey import Change, Journey
from canarylab.journey.journey import ended
from canarylab.kube import apply, parts, rest, rollout
from canarylab.kube.apply import Kinds, path
from canarylab.kube.parts import Part
from canarylab.model.rollout import SUCCEEDED
from canarylab.model.timeline import GIT, Acted, Committed, Triggered

Json = dict[str, Any]

REQUESTED = "reconcile.fluxcd.io/requestedAt"  # the annotation by which `flux reconcile` asks
SYNC_BOUND = 60.0  # seconds for a commit to be applied; two are usual
_GONE_BOUND = 20.0  # seconds for Flux to let go of its objects; one is usual
_MERGE = "application/merge-patch+json"


class Delivery:
    """One application's way by git. Made before the journey starts, which then delivers its objects by it."""

    def __init__(self, journey: Journey, settings: Settings) -> None:
        self.journey, self.settings = journey, settings
        self._cluster, self._space = journey.stack.cluster, journey.canary.namespace
        self._api = self._cluster.api_client()
        self._kinds = Kinds(self._api)
        self.clone = Clone(Path(), settings.branch(self._space), settings.path, settings.url)
        self._following: Following | None = None
        self._pulls = 0
        self._begun = False
        journey.deliver = self.deliver

    def deliver(self, objects: Sequence[Json]) -> None:
        """Commits objects of the application, and returns when they are applied and their workloads available."""
        if not self._begun:
            self._begin()
        names = sorted(f"{one['kind']} {one['metadata']['name']}" for one in objects)
        self.commit(f"Add {', '.join(names)}", objects)
        self.sync()
        workloads = Part(NAME, tuple(objects), self._space).workloads()
        rollout.wait(self._api, workloads, bound=120.0, failure=self._cluster.failure)

    def _begin(self) -> None:
        """Flux, the repository, and a clone of it on this machine."""
        self._begun = True
        self.clone = replace(self.clone, folder=Path(tempfile.mkdtemp(prefix="canarylab-git-")))
        self._describe(flux.install(self._cluster))
        if not self.settings.url:
            parts.install(self._api, Part("git", hosted.objects(), self._space), failure=self._cluster.failure)
        self.clone.make()

    def _describe(self, line: str) -> None:
        """Says what is real, once for all applications of the stack."""
        stack = self.journey.stack
        served = shown(self.settings.url) or "in the cluster, served by git http-backend"
        for one in (line, f"git: real, the repository {served}"):
            if one not in stack.lines:
                stack.lines = (*stack.lines, one)

    def commit(
        self, message: str, objects: Sequence[Json] = (), gone: Sequence[str] = (), *, pull: bool = False
    ) -> None:
        """Commits objects, which replace those of their kind and name, without the files of those that are ``gone``.

        With ``pull`` it is the merge of a pull request.
        """
        texts = files.texts(self._placed(one) for one in objects)
        self.clone.write(texts, gone)
        if pull:
            self._pulls += 1
            revision = self.clone.merge(message, self._pulls, f"promote-{self._space}-{self._pulls}")
        else:
            revision = self.clone.commit(message)
        self._publish(revision)

    def ship(
        self,
        change: Change,
        message: str,
        objects: Sequence[Json] = (),
        gone: Sequence[str] = (),
        *,
        pull: bool = False,
    ) -> None:
        """Commits a revision of the target: the trigger, or one more while a rollout is going on."""
        record = self.journey.record
        timeline = record.timeline
        target = self._cluster.adapted(files.revised(self.journey.application, change))
        if timeline.trigger() is None or ended(timeline):
            record.append(Triggered, "trigger", what=f"{change}, by a commit")
        else:
            record.append(Acted, "act", what=f"shipped as well: {change}, by a commit")
        self.commit(message, [target, *objects], gone, pull=pull)

    def revert(self) -> None:
        """Reverts the last commit. The revert of a promoted revision is the trigger of a rollout; Flagger takes what
        the primary runs already for no new revision.
        """
        record = self.journey.record
        last, before = self.clone.git("rev-parse", "HEAD"), self._target()
        timeline, revision = record.timeline, self.clone.revert(last)
        if before != self._target() and ended(timeline) and timeline.phase() == SUCCEEDED:
            record.append(Triggered, "trigger", what=f"the revert of commit {last[:7]}")
        self._publish(revision)

    def _publish(self, revision: str) -> None:
        """Pushes; the first time Flux is told of the repository after that, since a branch has to be there."""
        what, images = self.clone.subject(revision), dict(files.images(target) if (target := self._target()) else {})
        self.journey.record.append(
            Committed, GIT, revision=revision, branch=self.clone.branch, what=what, images=images
        )
        url = self.settings.url
        with nullcontext(url) if url else hosted.reached(self._cluster, self._space) as reached:
            self.clone.push(reached)
        if self._following is None:
            self._following = self._follow(url or hosted.url(self._space))

    def _target(self) -> Json | None:
        """The target as the tree has it; None where it was taken out."""
        found: Json | None = yaml.safe_load(self.clone.text(files.name(self.journey.application.target)))
        return found

    def _placed(self, item: Json) -> Json:
        """An object as it would be applied by hand: in the test's namespace, unless it names another."""
        meta = item["metadata"]
        _, namespaced = self._kinds.resource(item["apiVersion"], item["kind"])
        return {**item, "metadata": {**meta, "namespace": meta.get("namespace", self._space)}} if namespaced else item

    def _follow(self, url: str) -> Following:
        apply.apply(self._api, self.settings.objects(self._space, url), namespace=self._space)
        return Following(self._cluster, self._space, self.journey.record)

    def sync(self, bound: float = SYNC_BOUND, *, asking: bool = True) -> None:
        """Asks Flux to look at once, as ``flux reconcile`` does, and returns when the last commit is applied.

        EnvironmentFault with Flux's own words when it refuses it, or not within ``bound`` seconds.
        """
        record = self.journey.record
        if asking and not seen.applied(record.timeline):
            now = datetime.now(UTC).isoformat()
            where = path(SOURCE, "gitrepositories", self._space, NAME)
            rest.send(
                self._api, "PATCH", where, body={"metadata": {"annotations": {REQUESTED: now}}}, content_type=_MERGE
            )
        why = record.wait(seen.applied, bound, lambda: seen.refusal(record.timeline) or self._cluster.failure())
        if why:
            why = f"{why}; {unfetched}" if (unfetched := seen.unfetched(record.timeline)) else why
            what = f"commit {seen.last_commit(record.timeline)[:7]} was not applied: {why}"
            where, next_step = f"kustomization/{self._space}/{NAME}", f"kubectl describe -n {self._space} kustomization"
            raise EnvironmentFault(what, where=where, next_step=next_step)

    def stop(self) -> None:
        """Ends Flux's part before the namespace goes, and the branch of somebody's repository."""
        if not self._begun:
            return
        try:
            if self._following is not None:
                self._following.stop()
                self._withdraw()
        finally:
            self._leave()

    def _leave(self) -> None:
        try:
            if self._following is not None:
                self.clone.leave()
        finally:
            shutil.rmtree(self.clone.folder)

    def _withdraw(self) -> None:
        """Deletes the two objects and waits until Flux has let go of them, so that nothing is applied any more."""
        for kind in ("kustomization.kustomize.toolkit.fluxcd.io", "gitrepository.source.toolkit.fluxcd.io"):
            where = ("-n", self._space, "--ignore-not-found", f"--timeout={_GONE_BOUND:.0f}s")
            self._cluster.kubectl("delete", f"{kind}/{NAME}", *where)
