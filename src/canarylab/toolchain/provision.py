"""Provisions the local rung: takes what the machine has, builds the rest once, and says where each is.

:func:`installed` only looks, in milliseconds. :func:`provision` looks as well, and where something is missing
it takes the lock, looks again (another run may have built it meanwhile) and builds what is missing then.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from canarylab import paths
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.toolchain import golang, kit, lock, storage, wheels
from canarylab.toolchain.found import Finder
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.make import make
from canarylab.toolchain.progress import Progress, Step, silent
from canarylab.toolchain.recipe import Recipe, flagger, pinned
from canarylab.toolchain.spec import FLAGGER, WHEELS
from canarylab.toolchain.toolset import ProgramInfo, Toolset
from canarylab.toolchain.versions import known


def recipes(flagger_version: str = "") -> list[Recipe]:
    """What makes up a toolset: our module, and another release of Flagger where one is asked for."""
    ours = pinned(paths.toolchain_source())
    version = flagger_version.removeprefix("v")
    if not version or f"v{version}" == ours.pins.version(FLAGGER):
        return [ours]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise UsageError(
            f"{flagger_version!r} is not a release of Flagger",
            where="--flagger",
            next_step=f"choose a version such as {', '.join(known()['flagger'])}",
        )
    return [ours, flagger(version)]


def look(flagger_version: str = "", go: str = "") -> list[Kit]:
    """What is here and what is missing, without changing anything but the memory of what programs told."""
    cache = paths.cache_dir()
    finder = Finder(cache / "found.json", os.environ)
    with storage.using(cache):
        kits = [kit.look(cache, recipe, finder, go) for recipe in recipes(flagger_version)]
    finder.remember()
    return kits


def installed(flagger: str = "") -> Toolset:
    """The toolset, if all of it is here; :class:`EnvironmentFault` names what is missing."""
    kits = look(flagger)
    missing = [name for each in kits for name in each.missing]
    if missing:
        raise EnvironmentFault(
            f"missing programs and files: {', '.join(missing)}",
            where=str(paths.cache_dir()),
            next_step="run `canarylab provision" + (f" --flagger {flagger}`" if flagger else "`"),
        )
    return _toolset(kits)


def provision(progress: Progress = silent, flagger: str = "") -> Toolset:
    """The toolset; what is missing is built first, by one run at a time."""
    started, cache = time.monotonic(), paths.cache_dir()
    if all(each.complete for each in look(flagger)):
        return installed(flagger)
    with storage.using(cache):
        cache.mkdir(parents=True, exist_ok=True)
        with lock.held(cache / "provision.lock", progress, started):
            _complete(cache, flagger, progress, started)
    toolset = installed(flagger)
    progress(Step("done", f"{len(toolset.programs)} programs", elapsed=time.monotonic() - started))
    return toolset


def _complete(cache: Path, flagger_version: str, progress: Progress, started: float) -> None:
    kits = look(flagger_version)
    for program in (each for lacking in kits for each in lacking.to_install):
        progress(Step("installing", wheels.requirement(WHEELS[program.name]), elapsed=time.monotonic() - started))
        wheels.install(cache, WHEELS[program.name])
    if not any(each.to_build or each.to_copy for each in kits):
        return
    go = golang.get(cache, kits[0].recipe.pins.go)
    # Another release of Flagger first: a version that nobody has is told at once, not after a long build.
    for lacking in reversed(look(flagger_version, go.version)):
        if lacking.to_build or lacking.to_copy:
            make(lacking, cache, go, progress, started)


def _toolset(kits: list[Kit]) -> Toolset:
    programs: dict[str, ProgramInfo] = {}
    for each in kits:
        programs |= each.programs
    shares = tuple(each.folder / "share" for each in reversed(kits) if each.folder)
    key = "+".join(each.folder.name if each.folder else each.recipe.key for each in kits)
    return Toolset(key, programs, shares)
