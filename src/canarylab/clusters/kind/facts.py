"""Looks at what a kind cluster needs of an engine and its machine; nothing is changed, nothing is judged."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from canarylab.clusters.kind import images
from canarylab.clusters.kind.engine import Engine

_INOTIFY = Path("/proc/sys/fs/inotify")
_ASK = 10.0  # seconds for a registry's answer
_AT_ONCE = 8


class Place(Enum):
    """Where an image was found."""

    ENGINE = "in the engine's store"
    CACHE = "in the cache"
    REGISTRY = "its registry has it"
    NOWHERE = "not to be had"


@dataclass(frozen=True)
class Facts:
    """``problem`` is why the engine does not answer. Bytes; None for what cannot be seen from here."""

    engine: str
    problem: str = ""
    version: str = ""
    cgroup: int = 2
    rootless: bool = False
    memory: int | None = None
    disk: int | None = None
    watches: int | None = None
    instances: int | None = None
    port: bool = True
    images: Mapping[str, Place] = field(default_factory=dict)


def look(engine: Engine, wanted: Iterable[str] = ()) -> Facts:
    """The facts, with where each wanted image is; within seconds, since each question has its bound."""
    info, problem = engine.info()
    if problem:
        return Facts(engine.name, problem)
    told = of_podman(info) if engine.name == "podman" else of_docker(info)
    root = Path(told.pop("root"))
    here = root.is_dir()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        each = tuple(dict.fromkeys(wanted))
        places = dict(zip(each, pool.map(lambda one: place(engine, one), each), strict=True))
    return Facts(
        engine.name, **told, disk=shutil.disk_usage(root).free if here else None, port=_port_is_free(), images=places,
        watches=_limit("max_user_watches") if here else None, instances=_limit("max_user_instances") if here else None,
    )  # fmt: skip


def of_docker(info: Mapping[str, Any]) -> dict[str, Any]:
    """What ``docker info`` tells (Docker 20.10 to 28)."""
    return {
        "version": str(info.get("ServerVersion", "")),
        "cgroup": int(info.get("CgroupVersion") or 1),
        "rootless": any("rootless" in one for one in info.get("SecurityOptions") or ()),
        "memory": info.get("MemTotal"),
        "root": str(info.get("DockerRootDir", "")),
    }


def of_podman(info: Mapping[str, Any]) -> dict[str, Any]:
    """What ``podman info`` tells (Podman 4 and 5)."""
    host = info.get("host", {})
    return {
        "version": str(info.get("version", {}).get("Version", "")),
        "cgroup": 2 if host.get("cgroupVersion") == "v2" else 1,
        "rootless": bool(host.get("security", {}).get("rootless")),
        "memory": host.get("memTotal"),
        "root": str(info.get("store", {}).get("graphRoot", "")),
    }


def place(engine: Engine, image: str) -> Place:
    """Where an image is, the nearest first."""
    if engine.has(image):
        return Place.ENGINE
    if images.cached(image).is_file():
        return Place.CACHE
    asked = engine.ask("manifest", "inspect", image, timeout=_ASK)
    return Place.REGISTRY if asked.returncode == 0 else Place.NOWHERE


def _limit(name: str) -> int | None:
    try:
        return int((_INOTIFY / name).read_text())
    except OSError:
        return None


def _port_is_free() -> bool:
    """Whether a port of the loopback can still be had, as kind needs one for the API server."""
    try:
        with socket.create_server(("127.0.0.1", 0)):
            return True
    except OSError:
        return False
