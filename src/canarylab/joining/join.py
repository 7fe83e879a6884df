"""From a named context to a stack: looks, checks rights, plans, installs what is missing, and ends it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.clusters.cluster import Cluster
from canarylab.clusters.existing import contexts, owned, rights
from canarylab.clusters.existing import programs as ours
from canarylab.clusters.existing.cluster import ExistingCluster, Settings
from canarylab.clusters.existing.owned import Mark
from canarylab.flagger import LOADTESTER, Flagger
from canarylab.joining import detect, folders, plan
from canarylab.joining.found import Found
from canarylab.joining.mesh import Theirs
from canarylab.kube import manifests, parts
from canarylab.kube.parts import Part
from canarylab.kube.services import Service
from canarylab.stack import Stack

Json = dict[str, Any]


@dataclass(frozen=True)
class Wish:
    """What the caller asks for; ``prometheus`` is a URL that this machine reaches."""

    context: str
    kubeconfig: str = ""
    install: bool = False
    image: str = ours.IMAGE
    prometheus: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    mesh: str = ""
    flagger: str = ""


@dataclass(frozen=True)
class Joined:
    """A cluster that a run has joined. Each of the run's processes has one, by way of JSON."""

    context: str
    mark: Mark
    found: Found
    image: str
    labels: Mapping[str, str]

    @property
    def folder(self) -> Path:
        return folders.of(self.mark.run)

    @property
    def cluster(self) -> ExistingCluster:
        """The cluster, with the way to its Prometheus."""
        into = {**self.found.labels, **self.labels}
        settings = Settings(into, dict(self.found.annotations), self.image)
        bare = ExistingCluster(self.context, self.folder, self.mark, settings, lines=tuple(self.found.lines()))
        return replace(bare, way=detect.way(bare.api, self.found))

    @property
    def stack(self) -> Stack:
        """The stack as it is, with the load tester that is there or was brought."""
        found, cluster = self.found, self.cluster
        where = found.flagger.namespace if found.flagger else ""
        mesh = Theirs(found.name, found.mesh.namespace or where, found.provider, str(found.mesh))
        tester = found.tester or Service(self._tester, LOADTESTER.name, LOADTESTER.port)
        told = () if found.tester else (f"load tester: ours, for this run, {tester}",)
        return Stack(cluster, mesh, Flagger(found.release, where, found.provider), told, tester=tester)

    @property
    def _tester(self) -> str:
        return f"{plan.TESTER}-{self.mark.run}"

    def start(self) -> Stack:
        """Installs what the plan says; what has come until then is removed again when something does not."""
        up = self.stack
        if self.found.tester is None:
            try:
                self._bring_tester(up.cluster)
            except BaseException:
                self.cluster.remove()
                raise
        return up

    def _bring_tester(self, cluster: Cluster) -> None:
        cluster.kubectl("create", "-f", "-", stdin=json.dumps(cluster.space(self._tester)))
        objects = manifests.read(paths.fixtures() / "existing" / "loadtester.yaml")
        part = Part("tester", tuple(_labelled(item, self.mark) for item in objects), self._tester)
        parts.install(cluster.api_client(), part, failure=cluster.failure)

    def end(self) -> list[str]:
        """Removes everything of the run; the names of its namespaces."""
        names = self.cluster.remove()
        self.forget()
        return names

    def forget(self) -> None:
        """Removes the run's kubeconfig."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def to_json(self) -> str:
        plain = {"context": self.context, "mark": asdict(self.mark), "found": self.found.to_json()}
        return json.dumps({**plain, "image": self.image, "labels": dict(self.labels)})

    @classmethod
    def from_json(cls, text: str) -> Joined:
        """What :meth:`to_json` told."""
        plain = json.loads(text)
        found, mark = Found.from_json(plain["found"]), Mark(**plain["mark"])
        return cls(plain["context"], mark, found, plain["image"], plain["labels"])


def join(wish: Wish, mark: Mark, tell: Callable[[str], None] = lambda _line: None) -> Joined:
    """Looks at the cluster of a context, checks the rights, and tells the plan; nothing is installed yet.

    UsageError when the context is not named, or something is wished that is not there; EnvironmentFault for rights that
    are missing, all of them at once, and for a cluster without Flagger. What runs left that were killed on this machine
    is removed first.
    """
    folder = folders.of(mark.run)
    try:
        folders.own(folder)
        contexts.own(wish.context, Path(wish.kubeconfig) if wish.kubeconfig else None, folder)
        return _joined(wish, mark, tell)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _joined(wish: Wish, mark: Mark, tell: Callable[[str], None]) -> Joined:
    where = f"cluster {wish.context}"
    api = ExistingCluster(wish.context, folders.of(mark.run), mark).api
    found = detect.look(api, wish.prometheus)
    rights.require(api, plan.needs(found), where)
    if (why := plan.refusal(found, wish.context)) is not None:
        raise why
    plan.require_wishes(found, wish.mesh, wish.flagger)
    made = plan.make(found, wish.context, mark.run, wish.image)
    for line in made.lines():
        tell(line)
    plan.require_leave(made, install=wish.install)
    for name in swept(ExistingCluster(wish.context, folders.of(mark.run), mark)):
        tell(f"  removed  namespace {name}, which a run had left that was killed")
    return Joined(wish.context, mark, found, wish.image, dict(wish.labels))


def swept(cluster: ExistingCluster) -> list[str]:
    """Removes what runs left that were killed on this machine: their namespaces there, and their folders here."""
    folders.sweep()
    return owned.remove(cluster.api, owned.abandoned(owned.every(cluster.api)))


def _labelled(item: Json, mark: Mark) -> Json:
    meta = item["metadata"]
    return {**item, "metadata": {**meta, "labels": {**meta.get("labels", {}), **mark.labels}}}
