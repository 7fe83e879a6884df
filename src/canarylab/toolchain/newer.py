"""Which releases of what is pinned are newer: what ``go list -m -versions`` tells of a module proxy, held against pins.

A release that a proxy lists may still be one that it does not serve: only a build finds that out.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain import gofaults, golang, profiles, spec
from canarylab.toolchain.recipe import pinned
from canarylab.toolchain.versions import numbers

_BOUND = 120.0  # seconds for the proxy's answer about a dozen modules
_RELEASE = re.compile(r"v\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Newer:
    """A module, the release of it that is pinned, and the newest that a proxy lists."""

    module: str
    pinned: str
    newest: str

    def __str__(self) -> str:
        return f"{self.module}: {self.newest} is there, {self.pinned} is pinned"


def ask() -> list[Newer]:
    """What is newer, by the module proxy that Go's settings name; :class:`EnvironmentFault` if it cannot be asked."""
    pins = pinned(paths.toolchain_source()).pins
    modules = {each.module: pins.version(each.module) for each in spec.PROGRAMS if each.package}
    return list(compared(_listed(list(modules), pins.go), modules))


def compared(listed: Mapping[str, Sequence[str]], pins: Mapping[str, str]) -> Iterator[Newer]:
    """For each module the newest release after its pinned one; for Kubernetes that of each minor, and newer minors."""
    for module, version in pins.items():
        releases = [one for one in listed.get(module, ()) if _RELEASE.fullmatch(one)]
        if module == spec.KUBERNETES:
            yield from _of_minors(releases)
        elif (newest := max(releases, key=numbers, default="")) and numbers(newest) > numbers(version):
            yield Newer(module, version, newest)


def _of_minors(releases: Iterable[str]) -> Iterator[Newer]:
    """A newer patch of each minor that has a profile, and each minor after them."""
    known = {profile.minor: f"v{profile.release}" for profile in profiles.kubernetes()}
    latest = profiles.kubernetes()[0]
    newest: dict[str, str] = {}
    for release in sorted(releases, key=numbers):
        newest[release.removeprefix("v").rpartition(".")[0]] = release
    for minor, release in newest.items():
        held = known.get(minor, f"v{latest.release}")
        if numbers(release) > numbers(held):
            yield Newer(spec.KUBERNETES, held, release)


def _listed(modules: Sequence[str], least: str) -> dict[str, list[str]]:
    """Each module's versions, as the proxy lists them."""
    cache = paths.cache_dir()
    go = golang.find(cache, least)
    if go is None:
        raise EnvironmentFault(
            f"Go {least} or newer asks the module proxy, and {golang.told_old(golang.on_path())}",
            next_step="run `canarylab provision`",
        )
    command = [str(go.path), "list", "-m", "-versions", *modules]
    lines = _answer(command, go.environ(cache)).splitlines()
    return {words[0]: words[1:] for words in map(str.split, lines) if words}


def _answer(command: Sequence[str], environ: Mapping[str, str]) -> str:
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_BOUND, cwd="/", env=environ
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(
            f"the module proxy has not answered within {_BOUND:.0f} s",
            where=" ".join(command[:4]),
            next_step="make it reachable (GOPROXY, HTTPS_PROXY), or ask again later",
        ) from error
    if ran.returncode:
        raise gofaults.explain(ran.stderr, Path(command[0]))
    return ran.stdout
