"""Resource limits by control group, where this machine lets us make one; else nothing is enforced, and it is said.

Version 1: a group beside our own in the hierarchies memory, cpu and pids. Version 2: a group beside our own,
where its parent hands the controllers on. Groups are named for their container; empty ones are swept.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "canarylab-"
_CONTROLLERS = ("memory", "cpu", "pids")


class Limits:
    """Makes, changes and removes the groups of containers. ``parents`` is controller -> folder."""

    def __init__(self, root: Path = _ROOT, own: str = "/proc/self/cgroup") -> None:
        self._unified = (root / "cgroup.controllers").exists()
        self._parents = dict(_parents(root, Path(own).read_text(), unified=self._unified))

    def make(self, container: str, resources: Any) -> tuple[list[str], list[str]]:
        """The group's folders, one per hierarchy, and which of the limits asked for are not enforced."""
        wanted = settings(resources, unified=self._unified)
        folders = {}
        for controller in wanted:
            if (parent := self._parents.get(controller)) is not None:
                with contextlib.suppress(OSError):
                    folders[controller] = _made(parent / f"{_PREFIX}{container[:32]}")
        missing = [controller for controller in wanted if controller not in folders]
        return sorted(set(map(str, folders.values()))), missing + self._write(folders, wanted)

    def change(self, folders: list[str], container: str, resources: Any) -> list[str]:
        """Writes new values; which of them are not enforced."""
        wanted = settings(resources, unified=self._unified)
        known = {c: p / f"{_PREFIX}{container[:32]}" for c, p in self._parents.items()}
        present = {c: folder for c, folder in known.items() if str(folder) in folders}
        return [c for c in wanted if c not in present] + self._write(present, wanted)

    def _write(self, folders: Mapping[str, Path], wanted: Mapping[str, Mapping[str, str]]) -> list[str]:
        failed = []
        for controller, folder in folders.items():
            try:
                for name, value in wanted.get(controller, {}).items():
                    (folder / name).write_text(value)
            except OSError:
                failed.append(controller)
        return failed

    def remove(self, folders: list[str]) -> None:
        for folder in folders:
            with contextlib.suppress(OSError):
                os.rmdir(folder)

    def sweep(self) -> None:
        """Removes what ended clusters left: only a group without processes can be removed."""
        for parent in set(self._parents.values()):
            self.remove([str(folder) for folder in parent.glob(f"{_PREFIX}*")])


def settings(resources: Any, *, unified: bool) -> dict[str, dict[str, str]]:
    """Controller -> file -> value, for the limits that are set."""
    wanted: dict[str, dict[str, str]] = {}
    memory, quota = resources.memory_limit_in_bytes, resources.cpu_quota
    period = resources.cpu_period or 100_000
    if memory > 0:
        wanted["memory"] = {"memory.max" if unified else "memory.limit_in_bytes": str(memory)}
    if quota > 0:
        both = {"cpu.cfs_period_us": str(period), "cpu.cfs_quota_us": str(quota)}
        wanted["cpu"] = {"cpu.max": f"{quota} {period}"} if unified else both
    if pids := resources.unified.get("pids.max"):
        wanted["pids"] = {"pids.max": pids}
    return wanted


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _parents(root: Path, own: str, *, unified: bool) -> Iterator[tuple[str, Path]]:
    """Where a group can be made, for each controller that this machine hands to us."""
    for line in own.splitlines():
        _, controllers, path = line.split(":", 2)
        if unified and controllers == "":
            parent = (root / path.lstrip("/")).parent if path != "/" else root
            handed = _words(parent / "cgroup.subtree_control")
            yield from ((c, parent) for c in _CONTROLLERS if c in handed and os.access(parent, os.W_OK))
        for controller in set(controllers.split(",")) & set(_CONTROLLERS):
            folder = root / controller / path.lstrip("/")
            if os.access(folder, os.W_OK):
                yield controller, folder


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
