"""The clusters of this machine's user, by name: their folders, whether they live, and how they end.

A folder is all that is needed to list a cluster or to end it; nothing here knows how one is started.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from canarylab import paths
from canarylab.clusters.local.layout import Folder
from canarylab.errors import EnvironmentFault, UsageError

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")
END_BOUND = 20.0  # seconds from SIGKILL to the end of the last process; 0.1 s is usual


@dataclass(frozen=True)
class Record:
    """What a cluster's folder tells of it, dead or alive."""

    files: Folder

    @property
    def name(self) -> str:
        return self.files.root.name

    def ports(self) -> dict[str, int]:
        """The ports on the host's loopback, by what answers there."""
        return dict(json.loads((self.files.root / "cluster.json").read_text())["ports"])

    def pulls(self) -> bool:
        """Whether it has a way to registries."""
        return bool(json.loads((self.files.root / "cluster.json").read_text()).get("pulls"))

    def status(self) -> dict[str, Any]:
        """The supervisor's own account: phase, components, the error that ended it."""
        try:
            return dict(json.loads(self.files.status.read_text()))
        except FileNotFoundError:
            return {"phase": "starting", "components": {}}

    def process(self) -> int | None:
        """The outermost process, while it is the one that made this cluster."""
        return int(self.files.pid.read_text().split()[0]) if _lives(self.files.pid) else None

    def failure(self) -> str | None:
        """What ended the cluster; None while it lives."""
        error = self.status().get("error")
        if error is not None:
            return str(error)
        if self.process():
            return None
        return f"the supervisor of cluster {self.name} has died, and every process of the cluster with it"

    def end(self) -> None:
        """SIGKILLs the outermost process and returns when the cluster's PID 1 and all below it are gone."""
        outer = self.process()
        if outer is None:
            return
        watched = [d for pid in (child_of(outer), outer) if (d := _open(pid)) is not None]
        for descriptor in watched:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        deadline = time.monotonic() + END_BOUND
        for descriptor in watched:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            os.close(descriptor)
            if not ready:
                raise EnvironmentFault(
                    f"the cluster's processes did not end within {END_BOUND:.0f} s of SIGKILL", where=f"pid {outer}"
                )

    def remove(self) -> None:
        """Ends the cluster and removes its folder."""
        self.end()
        shutil.rmtree(self.files.root)

    def orphaned(self) -> bool:
        """Whether it was made by a run that was killed before the cluster could see it, and nobody keeps it."""
        owner, kept = self.files.root / "owner", self.files.root / "kept"
        return owner.exists() and not kept.exists() and not self.process() and not _lives(owner)

    def keep(self) -> None:
        """Ends the cluster, whose logs somebody is going to read: the folder stays until ``down``."""
        (self.files.root / "kept").touch()
        self.end()


def clusters_dir() -> Path:
    return paths.state_dir() / "clusters"


def child_of(pid: int) -> int | None:
    """The only child of a process: of unshare, the cluster's PID 1 as the host sees it."""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0]) if children else None
    return None


def start_time(pid: int) -> str:
    """The kernel's start time of a process: with the PID it names one process for ever.

    Empty when it is gone, or has ended and only waits for its parent to collect it.
    """
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else rest[18]


def identity(pid: int) -> str:
    """``PID START_TIME``: what names one process for ever."""
    return f"{pid} {start_time(pid)}"


def lives(identity_: str) -> bool:
    """Whether the process of that identity still runs."""
    return bool(identity_) and identity(int(identity_.split(maxsplit=1)[0])) == identity_


def owner() -> str:
    """This process, named so that another can tell whether it lives: machine start, PID namespace, PID, its start."""
    return f"{_place()} {identity(os.getpid())}"


def _place() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {os.stat('/proc/self/ns/pid').st_ino}"


def dead(owner_: str) -> bool:
    """Whether the process is surely gone; never of one of another machine, or behind another PID namespace."""
    place = _place()
    return owner_.startswith(f"{place} ") and not lives(owner_.removeprefix(f"{place} "))


def _lives(file: Path) -> bool:
    """Whether the process whose identity the file holds still runs."""
    try:
        return lives(file.read_text())
    except FileNotFoundError:
        return False


def sweep() -> None:
    """Removes what killed runs left before their cluster's first process could do it itself."""
    for folder in clusters_dir().glob("*/"):
        record = Record(Folder(folder))
        if record.orphaned():
            shutil.rmtree(folder, ignore_errors=True)


def _open(pid: int | None) -> int | None:
    try:
        return None if pid is None else os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def every() -> list[Record]:
    """All clusters whose folder is here, dead ones too."""
    return [Record(Folder(file.parent)) for file in sorted(clusters_dir().glob("*/cluster.json"))]


def find(name: str) -> Record:
    """The cluster of that name; UsageError when there is none."""
    record = Record(Folder(clusters_dir() / name))
    if not NAME.fullmatch(name) or not record.files.root.is_dir():
        known = ", ".join(r.name for r in every()) or "none"
        raise UsageError(f"there is no cluster {name!r}", next_step=f"known: {known}; `canarylab up` makes one")
    return record


def new_folder(name: str, *, owner: int | None = None) -> Folder:
    """A new folder for a cluster; what a dead cluster of that name left is removed, a live one refused.

    ``owner`` is the process whose run the cluster belongs to; None for one that lives until ``down``.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a cluster", next_step="use lower-case letters, digits and '-', 40 at most"
        )
    folder = Folder(clusters_dir() / name)
    try:
        folder.root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder.root.parent / ".lock", timeout=5):
            _clear(Record(folder))
            folder.root.mkdir(mode=0o700)
            if owner is not None:
                (folder.root / "owner").write_text(identity(owner))
            folder.logs.mkdir()
    except Timeout as error:
        raise EnvironmentFault(
            "another command holds the lock of the clusters", where=str(folder.root.parent)
        ) from error
    except OSError as error:
        raise EnvironmentFault(
            f"the state folder cannot be written: {error.strerror}",
            where=str(folder.root),
            next_step="free it, or set CANARYLAB_STATE to a folder of yours",
        ) from error
    return folder


def _clear(record: Record) -> None:
    if record.process():
        raise UsageError(
            f"a cluster {record.name} is running", next_step=f"canarylab down --name {record.name}, or another name"
        )
    if record.files.root.exists():
        shutil.rmtree(record.files.root)
