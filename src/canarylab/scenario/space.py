"""A test's or a scenario's namespace: made before it, deleted after it; one that does not go names what holds it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

from canarylab.clock import Clock, SystemClock
from canarylab.clusters.cluster import Cluster
from canarylab.errors import EnvironmentFault

_GONE_BOUND = 60.0  # seconds; ten are usual, for pods that may take their time
_GLANCE = 1.0
_REMAINING = re.compile(r"([\w.-]+) has \d+ resource instances")


def name(title: str) -> str:
    """A name for a namespace of its own."""
    base = re.sub(r"[^a-z0-9]+", "-", title.lower())[:40].strip("-")
    return f"{base}-{time.time_ns() // 1000 % 10**8:08d}"


def create(cluster: Cluster, name: str) -> None:
    """Makes it, marked as the cluster wants it."""
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(cluster.space(name)))


def delete(cluster: Cluster, name: str) -> None:
    """Deletes a namespace, and does not wait for its end."""
    cluster.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


def await_gone(cluster: Cluster, name: str, *, bound: float = _GONE_BOUND, clock: Clock | None = None) -> None:
    """Waits until a deleted namespace is gone; EnvironmentFault that names every object whose finalizer holds it."""
    clock = clock or SystemClock()
    deadline = clock.monotonic() + bound
    while told := cluster.kubectl("get", "namespace", name, "-o", "json", "--ignore-not-found").strip():
        if clock.monotonic() > deadline:
            holders = ", ".join(_holders(cluster, name, told)) or "nothing that it tells of"
            what = f"namespace {name} is not gone {bound:.0f} s after it was deleted; held by {holders}"
            raise EnvironmentFault(
                what, where=f"cluster {cluster.name}", next_step="see who is to remove the finalizer"
            )
        clock.sleep(_GLANCE)


def _holders(cluster: Cluster, name: str, namespace: str) -> Iterator[str]:
    """The objects with finalizers among the kinds that the namespace says remain."""
    conditions = json.loads(namespace).get("status", {}).get("conditions", [])
    for kind in sorted({kind for one in conditions for kind in _REMAINING.findall(one.get("message", ""))}):
        told = json.loads(cluster.kubectl("get", kind, "-n", name, "-o", "json"))
        for item in told["items"]:
            meta = item["metadata"]
            for finalizer in meta.get("finalizers", ()):
                yield f"{item['kind'].lower()}/{meta['name']} ({finalizer})"
