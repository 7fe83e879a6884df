"""What the programs of a local cluster use, read from /proc: processor seconds and memory, by the program's name."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from canarylab.clusters.local import processes, registry
from canarylab.process import spent

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """Of all processes of a program: processor seconds, and bytes of memory that are no file's (anonymous, shared)."""

    seconds: float = 0.0
    memory: int = 0


def of(cluster: str) -> dict[str, Usage]:
    """The programs of a cluster and of its pods; nothing where it does not run."""
    outer, found = registry.find(cluster).process(), defaultdict[str, Usage](Usage)
    for pid in processes.tree(outer) if outer else ():
        try:
            name, one = Path(f"/proc/{pid}/comm").read_text().strip(), spent.of(pid)
        except OSError:  # it ended meanwhile
            continue
        found[name].seconds += one.own / _TICKS
        found[name].memory += one.anonymous
    return dict(found)


def memory(used: Mapping[str, Usage], *, most: int = 8) -> str:
    """All of it in MiB, and the ``most`` programs that take most: ``2310 MiB: kube-apiserver 380, istiod 210, ...``."""
    ranked = sorted(used.items(), key=lambda one: -one[1].memory)
    named = [f"{name} {_mib(one.memory)}" for name, one in ranked[:most]]
    rest = sum(one.memory for _, one in ranked[most:])
    others = [f"others {_mib(rest)}"] if ranked[most:] else []
    return f"{_mib(sum(one.memory for one in used.values()))} MiB: {', '.join([*named, *others])}"


def _mib(size: int) -> int:
    return round(size / 2**20)
