"""A cluster ends whole: by ``down``, by its run's end, and when the run is killed at any moment."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from canarylab.clusters.local import registry
from canarylab.clusters.local.processes import tree

BOUND = 10.0  # seconds from the end of a run to the end of the last process; 0.1 s is usual
# Seconds after its start, from "still importing" to "a node is there".
MOMENTS = (0.2, 0.5, 0.8, 1.1, 1.6, 2.3, 3.1, 4.2, 5.6, 7.5)
RUNNER = """
import sys, time
from canarylab import toolchain
from canarylab.clusters.local import cluster
from canarylab.process.lifeline import Lifeline
held = Lifeline()
up = cluster.start("killed", toolchain.installed(), lifeline=held.read_end)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of the test's own; a cluster that a failed test left in it is ended."""
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path))
    yield tmp_path
    for record in registry.every():
        record.remove()


def namespaces(pid: int) -> set[str]:
    try:
        return {os.readlink(f"/proc/{pid}/ns/{kind}") for kind in ("net", "mnt", "pid")}
    except OSError:
        return set()


def living_in(foreign: set[str]) -> list[str]:
    """The processes of this machine that are in one of these namespaces."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids if namespaces(pid) & foreign]


def foreign_namespaces(pid: int) -> set[str]:
    """The namespaces of a tree of processes that are not our own."""
    return set().union(*(namespaces(each) for each in tree(pid))) - namespaces(os.getpid())


def wait_until_none(foreign: set[str]) -> None:
    deadline = time.monotonic() + BOUND
    while living := living_in(foreign):
        assert time.monotonic() < deadline, f"still there {BOUND} s after the end: {living}"
        time.sleep(0.05)


def canarylab(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "canarylab", *args], capture_output=True, text=True, check=False, timeout=300
    )


def test_a_cluster_made_by_up_lives_until_down(state: Path) -> None:
    mounts = Path("/proc/self/mountinfo").read_text()
    started = canarylab("up", "--name", "demo", "--mesh", "none", "--json")
    assert started.returncode == 0, started.stderr
    facts = json.loads(started.stdout)
    outer = registry.find("demo").process()
    assert outer is not None
    foreign = foreign_namespaces(outer)
    kubeconfig = Path(facts["kubeconfig"])
    assert kubeconfig.stat().st_mode & 0o777 == 0o600
    server = yaml.safe_load(kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    assert server.startswith("https://127.0.0.1:")
    authority = registry.find("demo").files.pki / "ca.crt"
    assert requests.get(server, verify=str(authority), timeout=5).status_code == 401
    assert "demo" in canarylab("list").stdout
    again = canarylab("up", "--name", "demo")
    assert (again.returncode, "is running" in again.stderr) == (2, True)

    assert canarylab("down", "--name", "demo").returncode == 0
    wait_until_none(foreign)
    assert list((state / "clusters").glob("[!.]*")) == []
    assert Path("/proc/self/mountinfo").read_text() == mounts
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", facts["ports"]["api"]), timeout=5)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_leaves_nothing(state: Path, moment: float) -> None:
    with subprocess.Popen([sys.executable, "-c", RUNNER], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        time.sleep(moment)
        foreign = foreign_namespaces(run.pid)
        assert run.poll() is None, run.stderr and run.stderr.read().decode()
        run.kill()
    wait_until_none(foreign)
    registry.sweep()  # what every later start does: removes the folder of a run killed before PID 1 was there
    assert list((state / "clusters").glob("[!.]*")) == []


def test_two_clusters_share_nothing(state: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "canarylab", "up", "--name", name, "--mesh", "none"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("left", "right")
    ]  # fmt: skip
    try:
        for each in started:
            _, errors = each.communicate(timeout=300)
            assert each.returncode == 0, errors
        left, right = (registry.find(name) for name in ("left", "right"))
        assert set(left.ports().values()).isdisjoint(right.ports().values())
        left.remove()
        assert right.failure() is None
    finally:
        for record in registry.every():
            record.remove()
