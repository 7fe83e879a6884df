"""A hundred clusters up and down, five at a time, and what they leave on the machine: JSON; exit 1 if it is anything.

    python bench/endurance.py [--clusters 100] [--at-once 5] [--mesh istio]
    python bench/endurance.py --suite 20

With ``--suite`` the journeys run so many times instead, one run after the other, and each test's failures are counted.

Everything that a cluster could leave is listed before and after: namespaces that some process holds, mounts, listening
sockets, network links, control groups, terminals, files in the state folder, in /tmp, /run and /dev/shm, and the inodes
that are taken on the state folder's disk. Nothing else may start clusters meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Json = dict[str, Any]

NAMESPACES = ("net", "mnt", "pid", "user", "uts", "ipc", "cgroup")
SOCKETS = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}  # the state of one that listens
SUITE = [sys.executable, "-m", "pytest", "e2e", "-m", "canary", "-n", "auto", "--dist", "load", "-q"]
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
SETTLE = 2.0  # seconds in which the kernel may still end what was killed


def namespaces() -> set[str]:
    """Every namespace that a process of this machine is in."""
    return set(filter(None, (_link(one) for one in Path("/proc").glob("[0-9]*/ns/*") if one.name in NAMESPACES)))


def _link(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def listeners() -> set[str]:
    """The host's listening sockets."""
    found = set()
    for kind, state in SOCKETS.items():
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == state:
                found.add(f"{kind} {fields[1]}")
    return found


def names(*folders: str) -> set[str]:
    return {f"{folder}/{one}" for folder in folders if Path(folder).is_dir() for one in os.listdir(folder)}


def groups() -> set[str]:
    return {folder for folder, _, _ in os.walk("/sys/fs/cgroup")}


def lines(file: str) -> set[str]:
    return set(Path(file).read_text().splitlines())


def looks(state: Path) -> dict[str, Callable[[], Iterable[str]]]:
    """Where to look for what is left, by the name of what is looked for."""
    return {
        "namespaces": namespaces,
        "mounts": lambda: lines("/proc/self/mountinfo"),
        "sockets": listeners,
        "links": lambda: names("/sys/class/net"),
        "control groups": groups,
        "terminals": lambda: names("/dev/pts"),
        "files": lambda: names("/tmp", "/run", "/run/netns", "/dev/shm"),  # noqa: S108 - looked at, not written to
        "state": lambda: {str(one) for one in state.rglob("*") if one.is_file()},
    }


def canarylab(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "canarylab", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"canarylab {' '.join(words)}: {done.stderr.strip()}")


def up_and_down(name: str, mesh: str) -> float:
    """One cluster's life; the seconds until it was up."""
    began = time.monotonic()
    canarylab("up", "--name", name, "--mesh", mesh)
    took = time.monotonic() - began
    canarylab("down", "--name", name)
    return took


def clusters(count: int, at_once: int, mesh: str) -> Json:
    """All of them, and what is there afterwards that was not there before."""
    with tempfile.TemporaryDirectory(prefix="endurance-") as folder:
        os.environ["CANARYLAB_STATE"] = folder
        up_and_down("first", mesh)  # what the first one makes once (a lock, a cache) is no leak
        where = looks(Path(folder))
        before, free = {kind: set(look()) for kind, look in where.items()}, os.statvfs(folder).f_ffree
        began = time.monotonic()
        with ThreadPoolExecutor(at_once) as pool:
            took = sorted(pool.map(lambda number: up_and_down(f"c{number}", mesh), range(count)))
        wall = time.monotonic() - began
        time.sleep(SETTLE)
        left = {kind: sorted(set(look()) - before[kind]) for kind, look in where.items()}
        taken = free - os.statvfs(folder).f_ffree
    return {
        "clusters": count, "at_once": at_once, "mesh": mesh, "seconds": round(wall, 1),
        "up_median_s": round(took[count // 2], 1), "up_worst_s": round(took[-1], 1),
        "left": {kind: what for kind, what in left.items() if what}, "inodes_taken": taken,
    }  # fmt: skip


def suite(runs: int) -> Json:
    """The journeys, again and again."""
    failed, seconds = Counter[str](), list[float]()
    for number in range(runs):
        began = time.monotonic()
        done = subprocess.run(SUITE, capture_output=True, text=True, check=False)
        seconds.append(round(time.monotonic() - began, 1))
        failed.update(FAILED.findall(done.stdout))
        if done.returncode and not FAILED.search(done.stdout):
            failed[f"run {number}: {(done.stdout + done.stderr)[-500:]}"] += 1
        print(f"run {number + 1} of {runs}: {seconds[-1]} s, exit {done.returncode}", file=sys.stderr, flush=True)
    return {"runs": runs, "seconds": seconds, "failures": dict(failed)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clusters", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=5)
    parser.add_argument("--mesh", default="istio")
    parser.add_argument("--suite", type=int, default=0, metavar="RUNS", help="run the journeys so many times instead")
    chosen = parser.parse_args()
    result = suite(chosen.suite) if chosen.suite else clusters(chosen.clusters, chosen.at_once, chosen.mesh)
    print(json.dumps(result, indent=1))
    sys.exit(bool(result.get("left") or result.get("failures")))


if __name__ == "__main__":
    main()
