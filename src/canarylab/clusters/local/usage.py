"""What the programs of a local cluster use, read from /proc: processor seconds and memory, by the program's name."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from canarylab.clusters.local import processes, registry


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
            _add(found[Path(f"/proc/{pid}/comm").read_text().strip()], Path(f"/proc/{pid}"))
        except OSError:  # it ended meanwhile
            continue
    return dict(found)


def _add(used: Usage, process: Path) -> None:
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    sizes = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    used.seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    used.memory += sum(int(sizes.get(key, "0 kB").split()[0]) for key in ("RssAnon", "RssShmem")) * 1024


def memory(used: Mapping[str, Usage], *, most: int = 8) -> str:
    """All of it in MiB, and the ``most`` programs that take most: ``2310 MiB: kube-apiserver 380, istiod 210, ...``."""
    ranked = sorted(used.items(), key=lambda one: -one[1].memory)
    named = [f"{name} {_mib(one.memory)}" for name, one in ranked[:most]]
    rest = sum(one.memory for _, one in ranked[most:])
    others = [f"others {_mib(rest)}"] if ranked[most:] else []
    return f"{_mib(sum(one.memory for one in used.values()))} MiB: {', '.join([*named, *others])}"


def _mib(size: int) -> int:
    return round(size / 2**20)
