"""A kind cluster as the rest of canarylab sees one: like an existing cluster, but ours from its first container on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from canarylab.clusters.cluster import KIND
from canarylab.clusters.existing import programs
from canarylab.clusters.existing.cluster import ExistingCluster
from canarylab.clusters.kind import asked as asking
from canarylab.clusters.kind import configuration, engine, facts, guard, images, preflight, program, record
from canarylab.clusters.kind.asked import Asked
from canarylab.clusters.kind.program import Kind
from canarylab.clusters.kind.record import Record
from canarylab.toolchain.checkup import Finding
from canarylab.toolchain.versions import known

Json = dict[str, Any]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class KindCluster(ExistingCluster):
    """``record`` is its folder on this machine; its end is the end of all that is on it."""

    rung: str = KIND
    record: Record = field(default_factory=lambda: Record(Path()))

    @classmethod
    def of(cls, seen: ExistingCluster, record: Record) -> KindCluster:
        """The same cluster, as ours."""
        known_ = {one.name: getattr(seen, one.name) for one in fields(seen)} | {"rung": KIND}
        return cls(**known_, record=record)

    @property
    def found_by(self) -> str:
        return f"--kubeconfig {self.record.kubeconfig}"

    def describe(self) -> list[str]:
        """Everything is real here."""
        kind = self.record.kind()
        nodes = yaml.safe_load(self.record.configuration.read_text())["nodes"]
        made = f"{len(nodes)} nodes of {nodes[0]['image']}"
        return [f"cluster {self.record.name}: kind {kind.version} by {kind.engine.name}, {made}", *self.lines]

    def unfit(self, objects: Iterable[Json], namespace: str) -> str:
        """It takes objects of the whole cluster as well; only users that call gRPC may need another image."""
        return super().unfit([one for one in objects if programs.calls(one)], namespace)

    def stop(self, *, keep_folder: bool = False) -> None:
        """Deletes the cluster; with ``keep_folder`` its logs stay."""
        if keep_folder:
            self.record.end()
        else:
            self.record.remove()


def check(asked: Asked, wanted: tuple[str, ...] = ()) -> list[Finding]:
    """What a look at the engine, its machine and the images wanted finds; EnvironmentFault where there is no engine."""
    asking.require(asked)
    image = asking.node_image(asked)
    there = engine.find(asked.engine)
    seen = facts.look(there, (image.reference, *wanted))
    return preflight.examine(seen, image, asked.nodes, known()["kind"])


def require(asked: Asked, wanted: tuple[str, ...] = ()) -> None:
    """EnvironmentFault that names all that stands in a cluster's way here."""
    preflight.require(check(asked, wanted))


def start(
    name: str,
    asked: Asked,
    wanted: tuple[str, ...] = (),
    *,
    lifeline: int | None = None,
    tell: Tell = lambda _line: None,
) -> Record:
    """Makes a cluster with the images wanted on it, and returns its folder; nothing is installed on it yet.

    ``lifeline`` is the reading end of a pipe (``canarylab.process.lifeline``): when it reads as closed, a guard deletes
    the cluster. Without one it lives until ``canarylab down``. What does not come up is deleted, and its logs stay.
    """
    require(asked, wanted)
    for line in record.sweep():
        tell(line)
    kind = program.find(engine.find(asked.engine))
    made = record.new(name, ours=lifeline is not None)
    made.remember(kind)
    if lifeline is not None:
        guard.start(made, lifeline)
    _configure(made, asked, kind)
    try:
        _create(made, kind, wanted, tell)
    except BaseException:
        abandon(made)
        raise
    return made


def abandon(made: Record) -> None:
    """Deletes a cluster that is of no use; its logs stay."""
    made.export()
    made.end()


def _configure(made: Record, asked: Asked, kind: Kind) -> None:
    cgroup = facts.look(kind.engine).cgroup
    told = configuration.render(made.name, asking.node_image(asked), asked.nodes, cgroup)
    made.configuration.write_text(yaml.safe_dump(told, sort_keys=False))
    made.kubeconfig.touch(mode=0o600)


def _create(made: Record, kind: Kind, wanted: tuple[str, ...], tell: Tell) -> None:
    """Gets the images while the nodes come up, and loads them when these are there."""
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(images.fetch, kind.engine, wanted)
        kind.create(made.name, made.configuration, made.kubeconfig, made.logs / "kind.log", made.making)
        tell(f"cluster {made.name}: nodes ready after {time.monotonic() - began:.0f} s")
        got = fetching.result()
    for image, why in got.items():
        if isinstance(why, str):
            tell(f"image {image} is left to the nodes to pull: {why}")
    images.load([one for one in got.values() if isinstance(one, Path)], partial(kind.load, made.name))
    tell(f"cluster {made.name}: images on its nodes after {time.monotonic() - began:.0f} s")
