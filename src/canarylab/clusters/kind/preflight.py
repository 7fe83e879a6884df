"""Judges the facts for a kind cluster before anything starts: what is fine, and what to do where it is not. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from canarylab.clusters.kind.asked import NodeImage
from canarylab.clusters.kind.configuration import refuses_v1
from canarylab.clusters.kind.facts import Facts, Place
from canarylab.errors import EnvironmentFault
from canarylab.toolchain.checkup import Finding, Level, size
from canarylab.toolchain.versions import numbers

_OLDEST = {"docker": "20.10", "podman": "4.0"}  # kind needs --cgroupns, and Podman's network backend of 4
_DENIED = "permission denied"


def examine(facts: Facts, image: NodeImage, nodes: int, least: dict[str, Any]) -> list[Finding]:
    """Every finding, the engine's first; that alone where it does not answer. ``least`` is of versions.yaml."""
    if facts.problem:
        return [_silent(facts)]
    return [
        _engine(facts),
        _cgroup(facts, image),
        _enough("memory", facts.memory, least["memory"], 1 + (nodes - 1) / 2, "give the engine more memory"),
        _enough("disk", facts.disk, least["disk"], 1, f"`{facts.engine} system prune` frees what nothing uses"),
        *_inotify(facts, least["inotify"]),
        _port(facts),
        *(_image(facts, one, where, node=one == image.reference) for one, where in facts.images.items()),
    ]


def _silent(facts: Facts) -> Finding:
    """The engine's program is there and the engine is not."""
    start = "podman machine start" if facts.engine == "podman" else "sudo systemctl start docker, or Docker Desktop"
    if _DENIED in facts.problem.lower():
        start = f"let this user reach it (sudo usermod -aG {facts.engine} $USER, and log in again)"
    text = f"{facts.engine} is on PATH and its engine does not answer: {facts.problem}"
    return Finding("engine", Level.FAULT, text, f"{start}; or run with --cluster local, which needs no engine")


def _engine(facts: Facts) -> Finding:
    oldest, told = _OLDEST[facts.engine], f"{facts.engine} {facts.version}"
    if numbers(facts.version) < numbers(oldest):
        return Finding(
            "engine", Level.FAULT, f"{told}: kind needs {oldest} or newer", f"install a newer {facts.engine}"
        )
    return Finding("engine", Level.OK, told + (", rootless" if facts.rootless else ""))


def _cgroup(facts: Facts, image: NodeImage) -> Finding:
    if facts.cgroup == 2:
        return Finding("cgroup", Level.OK, "version 2")
    if facts.rootless:
        fix = "boot with systemd.unified_cgroup_hierarchy=1, or run the engine as root"
        return Finding("cgroup", Level.FAULT, "version 1, and a rootless engine needs version 2", fix)
    if not refuses_v1(image):
        return Finding("cgroup", Level.OK, f"version 1, which Kubernetes {image.kubernetes} takes")
    text = (
        f"version 1, which Kubernetes {image.kubernetes or '1.35 and later'} refuses by itself; its kubelet is told to "
    )
    fix = "boot with cgroup version 2, or choose --kubernetes 1.34"
    return Finding("cgroup", Level.WARNING, f"{text}take it (failCgroupV1: false)", fix)


def _enough(subject: str, there: int | None, least: dict[str, int], times: float, fix: str) -> Finding:
    """Whether there is as much as a cluster needs, and as much as it wants."""
    if there is None:
        return Finding(subject, Level.OK, "not to be seen from here: the engine is on another machine")
    needs, wants = int(least["needs"] * times), int(least["wants"] * times)
    if there >= wants:
        return Finding(subject, Level.OK, size(there))
    level, word = (Level.FAULT, "needs") if there < needs else (Level.WARNING, "wants")
    return Finding(
        subject, level, f"{size(there)}; such a cluster {word} {size(needs if there < needs else wants)}", fix
    )


def _inotify(facts: Facts, least: dict[str, int]) -> list[Finding]:
    """Nodes share their machine's limits; where they are low, programs in pods say "too many open files"."""
    there = {"max_user_watches": facts.watches, "max_user_instances": facts.instances}
    low = {name: least[name] for name, value in there.items() if value is not None and value < least[name]}
    if not low:
        return [Finding("inotify", Level.OK, ", ".join(f"{name} {value}" for name, value in there.items()))]
    told = ", ".join(f"{name} is {there[name]}, and should be {wanted}" for name, wanted in low.items())
    fix = "sudo sysctl " + " ".join(f"fs.inotify.{name}={wanted}" for name, wanted in low.items())
    return [Finding("inotify", Level.WARNING, told, fix)]


def _port(facts: Facts) -> Finding:
    if facts.port:
        return Finding("ports", Level.OK, "a port of the loopback is free for the API server")
    return Finding("ports", Level.FAULT, "no port of the loopback is free", "end what holds them: ss -tanp")


def _image(facts: Facts, image: str, where: Place, *, node: bool) -> Finding:
    if where is not Place.NOWHERE:
        return Finding("image", Level.OK, f"{image}: {where.value}")
    fix = f"see what `{facts.engine} pull {image}` says"
    if node:
        return Finding("image", Level.FAULT, f"{image}: {where.value}", f"{fix}, or name another by --node-image")
    return Finding("image", Level.WARNING, f"{image}: {where.value}; its pods will wait for it", fix)


def require(findings: Sequence[Finding]) -> None:
    """EnvironmentFault that names everything that stands in the way, each with what to do."""
    faults = [one for one in findings if one.level is Level.FAULT]
    if not faults:
        return
    first, *others = faults
    more = "".join(f"\n  {one.subject}: {one.text}\n    next: {one.next_step}" for one in others)
    raise EnvironmentFault(f"no kind cluster can be made here: {first.text}{more}", next_step=first.next_step)
