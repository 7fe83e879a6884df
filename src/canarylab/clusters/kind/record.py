"""The kind clusters of this machine's user, by name: a folder for each, and how they end.

A folder holds all that another process needs to end its cluster. One that was made by a run names the run's process:
when that is dead, the guard deletes the cluster, else whoever comes next.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canarylab import paths
from canarylab.clusters.local import registry
from canarylab.errors import CanarylabError, UsageError

if TYPE_CHECKING:
    from canarylab.clusters.kind.program import Kind

PREFIX = "kind-"  # before a cluster's name in kubeconfigs
_AGAIN = 3  # deletions at most, of a cluster that was still being made


@dataclass(frozen=True)
class Record:
    """A cluster's folder (mode 0700): its kubeconfig, what kind was told, who made it, and logs."""

    root: Path

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def kubeconfig(self) -> Path:
        return self.root / "kubeconfig"

    @property
    def configuration(self) -> Path:
        return self.root / "kind.yaml"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def joined(self) -> Path:
        """What the run found and brought there, for its other processes."""
        return self.root / "joined.json"

    @property
    def context(self) -> str:
        """Its name in kubeconfigs, as kind gives it."""
        return f"{PREFIX}{self.name}"

    def kind(self) -> Kind:
        """The program and the engine that made it."""
        from canarylab.clusters.kind.engine import Engine  # noqa: PLC0415 - whoever lists clusters needs none of it
        from canarylab.clusters.kind.program import Kind  # noqa: PLC0415 - as above

        told = json.loads((self.root / "kind.json").read_text())
        return Kind(Path(told["kind"]), told["version"], Engine(told["engine"], Path(told["path"])))

    def remember(self, kind: Kind) -> None:
        told = {"kind": str(kind.path), "version": kind.version}
        engine = {"engine": kind.engine.name, "path": str(kind.engine.path)}
        (self.root / "kind.json").write_text(json.dumps({**told, **engine}))

    def making(self, pid: int) -> None:
        """Writes down the kind program that is making the cluster, the leader of a process group."""
        (self.root / "making").write_text(registry.identity(pid))

    def _halt(self) -> None:
        """Ends a kind program that makes the cluster for a run that is dead."""
        file = self.root / "making"
        if file.is_file() and registry.lives(identity := file.read_text()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(identity.split()[0]), signal.SIGKILL)

    def export(self) -> Path:
        """Writes the nodes' logs beside our own, and returns their folder; why some are missing is in ``export.log``.

        Nodes that are broken have not all of them, and what broke them counts more.
        """
        try:
            self.kind().export(self.name, self.logs / "nodes")
        except CanarylabError as error:
            (self.logs / "export.log").write_text(str(error))
        return self.logs

    def abandoned(self) -> bool:
        """Whether the run that made it is surely dead."""
        owner = self.root / "owner"
        return owner.is_file() and registry.dead(owner.read_text())

    def end(self) -> None:
        """Deletes the cluster, its folder stays; containers that were being made meanwhile are deleted as well."""
        if not (self.root / "kind.json").is_file():
            return
        self._halt()
        kind = self.kind()
        for _ in range(_AGAIN):
            kind.delete(self.name, self.kubeconfig)
            if not kind.nodes(self.name):
                break
        (self.root / "kind.json").unlink()

    def remove(self) -> None:
        """Deletes the cluster and its folder."""
        self.end()
        shutil.rmtree(self.root, ignore_errors=True)


def home() -> Path:
    return paths.state_dir() / "kind"


def every() -> list[Record]:
    """All clusters whose folder is here."""
    return [Record(file.parent) for file in sorted(home().glob("*/kind.json"))]


def there(name: str) -> bool:
    """Whether there is a kind cluster of that name."""
    return bool(registry.NAME.fullmatch(name)) and (home() / name / "kind.json").is_file()


def find(name: str) -> Record:
    """The cluster of that name; UsageError when there is none."""
    if not there(name):
        known = ", ".join(one.name for one in every()) or "none"
        raise UsageError(f"there is no kind cluster {name!r}", next_step=f"known: {known}; `canarylab list`")
    return Record(home() / name)


def new(name: str, *, ours: bool) -> Record:
    """A new folder; ``ours`` says that its cluster has to end with this process. One that is there is refused."""
    if not registry.NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a cluster", next_step="use lower-case letters, digits and '-'")
    if there(name):
        raise UsageError(f"there is a kind cluster {name}", next_step=f"canarylab down --name {name}, or another name")
    record = Record(home() / name)
    if record.root.is_dir():  # the logs of one that did not come up
        shutil.rmtree(record.root)
    record.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    record.root.chmod(0o700)
    if ours:
        (record.root / "owner").write_text(registry.owner())
    return record


def sweep() -> Iterator[str]:
    """Deletes the clusters of runs that were killed; a line about each, also when one cannot be deleted."""
    for record in every():
        if record.abandoned():
            try:
                record.remove()
                yield f"deleted the kind cluster {record.name}, which a run had left that was killed"
            except CanarylabError as error:
                yield f"the kind cluster {record.name} of a killed run is still there: {error.what}"
