"""Provisions the local rung: takes what the machine has, builds the rest once, and says where each is.

:func:`installed` only looks, in milliseconds. :func:`provision` looks as well, and where something is missing
it takes the lock, looks again (another run may have built it meanwhile) and builds what is missing then. The toolset
of either gets a program of an extra that was not asked for here when somebody asks for it: :func:`on_demand`.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from canarylab import paths
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.toolchain import golang, kit, lock, profiles, ready, spec, storage, wheels
from canarylab.toolchain.found import Finder
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.make import make
from canarylab.toolchain.progress import Progress, Step, plain, silent
from canarylab.toolchain.recipe import Recipe, flagger, for_extra, kubernetes, pinned
from canarylab.toolchain.spec import FLAGGER, KUBERNETES, WHEELS
from canarylab.toolchain.toolset import ProgramInfo, Toolset
from canarylab.toolchain.versions import known, numbers


def recipes(flagger_version: str = "", extras: Sequence[str] = (), kubernetes_version: str = "") -> list[Recipe]:
    """What makes up a toolset: our module, and what else is asked for: releases of Kubernetes and Flagger, extras."""
    source = paths.toolchain_source()
    ours, further = pinned(source), [for_extra(source, spec.extra_named(name)) for name in dict.fromkeys(extras)]
    return [ours, *_of_kubernetes(source, ours, kubernetes_version), *_of_flagger(ours, flagger_version), *further]


def _of_kubernetes(source: Path, ours: Recipe, wanted: str) -> list[Recipe]:
    profile = profiles.chosen(wanted) if wanted else None
    if profile is None or f"v{profile.release}" == ours.pins.version(KUBERNETES):
        return []
    return [kubernetes(source, profile)]


def _of_flagger(ours: Recipe, wanted: str) -> list[Recipe]:
    version = wanted.removeprefix("v")
    if not version or f"v{version}" == ours.pins.version(FLAGGER):
        return []
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise UsageError(
            f"{wanted!r} is not a release of Flagger",
            where="--flagger",
            next_step=f"choose a version such as {', '.join(known()['flagger'])}",
        )
    return [flagger(version)]


def look(wanted: Sequence[Recipe], go: str = "") -> list[Kit]:
    """What is here and what is missing, without changing anything but the memory of what programs told."""
    cache = paths.cache_dir()
    finder = Finder(cache / "found.json", os.environ)
    with storage.using(cache):
        kits = [kit.look(cache, recipe, finder, go) for recipe in wanted]
    finder.remember()
    return kits


def installed(flagger: str = "", kubernetes: str = "") -> Toolset:
    """The toolset, if all of it is here; :class:`EnvironmentFault` names what is missing."""
    given = {"flagger": flagger, "kubernetes": kubernetes}
    options = "".join(f" --{name} {version}" for name, version in given.items() if version)
    return _whole(look(recipes(flagger, kubernetes_version=kubernetes)), options)


def provision(
    progress: Progress = silent, flagger: str = "", extras: Sequence[str] = (), kubernetes: str = ""
) -> Toolset:
    """The toolset, with the extras named; what is missing is built first, by one run at a time."""
    return _provided(recipes(flagger, extras, kubernetes), progress)


def on_demand(name: str) -> Toolset:
    """The programs and files of one extra; built first where they are missing, told of on standard error."""
    return _provided([for_extra(paths.toolchain_source(), spec.extra_named(name))], plain(sys.stderr))


def _provided(wanted: Sequence[Recipe], progress: Progress) -> Toolset:
    started, cache = time.monotonic(), paths.cache_dir()
    kits = look(wanted)
    if all(each.complete for each in kits):
        return _whole(kits)
    with storage.using(cache):
        cache.mkdir(parents=True, exist_ok=True)
        with lock.held(cache / "provision.lock", progress, started):
            _complete(cache, wanted, progress, started)
    toolset = _whole(look(wanted))
    progress(Step("done", f"{len(toolset.programs)} programs", elapsed=time.monotonic() - started))
    return toolset


def _complete(cache: Path, wanted: Sequence[Recipe], progress: Progress, started: float) -> None:
    kits = look(wanted)
    for program in (each for lacking in kits for each in lacking.to_install):
        progress(Step("installing", wheels.requirement(WHEELS[program.name]), elapsed=time.monotonic() - started))
        wheels.install(cache, WHEELS[program.name])
    taken = [each for each in kits if ready.take(each, cache, progress, started)]
    if taken:
        kits = look(wanted)
    if not any(each.to_build or each.to_copy for each in kits):
        return
    go = golang.get(cache, max((each.recipe.pins.go for each in kits), key=numbers))
    # Another release of Flagger first: a version that nobody has is told at once, not after a long build.
    for lacking in reversed(look(wanted, go.version)):
        if lacking.to_build or lacking.to_copy:
            make(lacking, cache, go, progress, started)


def _whole(kits: list[Kit], options: str = "") -> Toolset:
    missing = [name for each in kits for name in each.missing]
    if missing:
        raise EnvironmentFault(
            f"missing programs and files: {', '.join(missing)}",
            where=str(paths.cache_dir()),
            next_step=f"run `canarylab provision{options}`",
        )
    return _toolset(kits)


def _toolset(kits: list[Kit]) -> Toolset:
    programs: dict[str, ProgramInfo] = {}
    for each in kits:
        programs |= each.programs
    shares = tuple(each.folder / "share" for each in reversed(kits) if each.folder)
    key = "+".join(each.folder.name if each.folder else each.recipe.key for each in kits)
    return Toolset(key, programs, shares, on_demand)
