"""A local cluster as if somebody else had made it: its command line, an account of documented rights, and snapshots."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from canarylab.clusters.cluster import Cluster

Json = dict[str, Any]

ROOT = Path(__file__).parent.parent.parent
RIGHTS = ROOT / "docs" / "examples" / "existing-rights.yaml"
BOUND = 240.0  # seconds for two rollouts side by side
# What a cluster changes by itself, all the time; some leases are written into annotations.
_RESTLESS = ("leases.coordination.k8s.io", "events", "events.events.k8s.io", "componentstatuses")
_LEASE = "control-plane.alpha.kubernetes.io/leader"
_VOLATILE = ("resourceVersion", "managedFields", "generation")


def context_of(cluster: Cluster) -> str:
    """The only context of a cluster's kubeconfig."""
    return str(yaml.safe_load(cluster.kubeconfig.read_text())["current-context"])


@dataclass(frozen=True)
class Caller:
    """Who runs canarylab against the cluster: its kubeconfig, and a state folder of its own."""

    kubeconfig: Path
    context: str
    state: Path

    def command(self, *words: str) -> list[str]:
        """A command line that names the cluster."""
        where = [f"--context={self.context}", f"--kubeconfig={self.kubeconfig}"]
        return [sys.executable, "-m", "canarylab", *words, *where]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Starts it in a process group of its own."""
        environ = os.environ | {"CANARYLAB_STATE": str(self.state)}
        return subprocess.Popen(
            self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ, cwd=ROOT,
            start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str) -> tuple[int, str]:
        """Its exit code, and what it said."""
        started = self.start(*words)
        try:
            said, _ = started.communicate(timeout=BOUND)
        finally:
            started.kill()
        print(said)
        return started.returncode, said


def namespaces(cluster: Cluster, selector: str = "") -> list[str]:
    """The names of namespaces."""
    told = json.loads(cluster.kubectl("get", "namespaces", "-o", "json", f"--selector={selector}"))
    return sorted(item["metadata"]["name"] for item in told["items"])


def snapshot(cluster: Cluster) -> dict[str, Json]:
    """Every object of the cluster by its place, without what changes by itself."""
    kinds = [
        one for one in cluster.kubectl("api-resources", "--verbs=list", "-o", "name").split() if one not in _RESTLESS
    ]
    with ThreadPoolExecutor(4) as pool:
        lists = pool.map(lambda kind: json.loads(cluster.kubectl("get", kind, "-A", "-o", "json"))["items"], kinds)
    found = (item for items in lists for item in items)
    return {_place(item): _still(item) for item in found if _LEASE not in item["metadata"].get("annotations", {})}


def _place(item: Json) -> str:
    meta = item["metadata"]
    return f"{item['apiVersion']} {item['kind']} {meta.get('namespace', '')}/{meta['name']}"


def _still(item: Json) -> Json:
    """An object without what changes though nobody changes it; a node's status is its heartbeat."""
    meta = {name: value for name, value in item["metadata"].items() if name not in _VOLATILE}
    left = ("metadata", "status") if item["kind"] == "Node" else ("metadata",)
    return {**{name: value for name, value in item.items() if name not in left}, "metadata": meta}


def changed(before: dict[str, Json], after: dict[str, Json]) -> list[str]:
    """The places of what is not as it was."""
    return sorted(place for place in before.keys() | after.keys() if before.get(place) != after.get(place))
