"""What this machine is, for the local rung: facts gathered by looking, judged elsewhere."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from canarylab import paths
from canarylab.toolchain import golang, spec, storage, wheels
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.provision import look, recipes
from canarylab.toolchain.recipe import Recipe

# What the extra `canarylab[local]` brings, by the name under which it is imported.
PACKAGES = ("cryptography", "grpc", "grpc_tools", "google.protobuf", "pyroute2")
TOOLS = ("unshare", "nsenter", "mount")


@dataclass(frozen=True)
class Disk:
    """A folder's disk: the device, so that two folders on one are told, and the bytes that are free there."""

    folder: str
    device: int
    free: int

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """The disk of a folder that may be still to be made."""
        there = storage.nearest(folder)
        return cls(str(folder), there.stat().st_dev, shutil.disk_usage(there).free)


@dataclass(frozen=True)
class Facts:
    """Everything but namespaces that decides whether the local rung runs here; sizes in bytes.

    ``kits`` are what is asked for, ``on_demand`` the other extras.
    """

    system: str
    root: bool
    cores: int
    memory: int
    cache: Disk
    cache_writable: bool
    go_cache: Disk
    tools: dict[str, str]
    packages_missing: tuple[str, ...]
    go: golang.Go | None
    go_on_path: golang.Go | None
    go_least: str
    pip: bool
    kits: tuple[Kit, ...]
    on_demand: tuple[Kit, ...] = ()


def gather(flagger: str = "", extras: Sequence[str] = (), kubernetes: str = "") -> Facts:
    """Looks at this machine, as the present user."""
    with storage.using(paths.cache_dir()):
        return _gather(recipes(flagger, extras, kubernetes), extras, paths.cache_dir())


def _gather(wanted: Sequence[Recipe], extras: Sequence[str], cache: Path) -> Facts:
    others = [each for each in recipes(extras=list(spec.EXTRAS)) if each.name and each.name not in extras]
    kits = tuple(look(wanted))
    least = kits[0].recipe.pins.go
    go = golang.find(cache, least)
    go_cache = Path(go.environ(cache)["GOCACHE"]) if go else cache
    return Facts(
        system=platform.system(),
        root=os.geteuid() == 0,
        cores=_cores(),
        memory=_memory(),
        cache=Disk.of(cache),
        cache_writable=storage.writable(cache),
        go_cache=Disk.of(go_cache),
        tools={name: shutil.which(name) or "" for name in TOOLS},
        packages_missing=tuple(name for name in PACKAGES if not _importable(name)),
        go=go,
        go_on_path=golang.on_path(),
        go_least=least,
        pip=wheels.has_pip(),
        kits=kits,
        on_demand=tuple(look(others)),
    )


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _cores() -> int:
    """Those that this process may use; all of them where the system (no Linux) cannot tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
