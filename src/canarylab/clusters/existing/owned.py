"""What runs put onto a cluster that is not ours: namespaces, each marked with its run, and nothing outside of them.

So the end of a run is the end of its namespaces, the newest first. Each is looked at again before it is deleted, and is
deleted by its UID, so that nothing else can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kubernetes import client

from canarylab.clock import Clock, SystemClock
from canarylab.clusters.local import registry
from canarylab.errors import EnvironmentFault
from canarylab.kube import manifests, rest
from canarylab.kube.apply import path

Json = dict[str, Any]

MANAGED = {"app.kubernetes.io/managed-by": "canarylab"}
RUN = "canarylab.dev/run"
OWNER = "canarylab.dev/owner"
GONE = 180.0  # seconds for namespaces to go; a mesh's pods take half a minute to end
_GLANCE = 1.0
_SYSTEM = SystemClock()


@dataclass(frozen=True)
class Mark:
    """Whose a run is: its ID, and the process that has to end it; none for a run whose namespaces are to be kept."""

    run: str
    owner: str

    @property
    def labels(self) -> dict[str, str]:
        return {**MANAGED, RUN: self.run}

    def namespace(self, name: str, labels: Json, annotations: Json) -> Json:
        """A Namespace of this run; ``labels`` and ``annotations`` are what else it has to have."""
        told = {**annotations, OWNER: self.owner}
        return manifests.namespace(name, labels={**labels, **self.labels}, annotations=told)


def every(api: client.ApiClient, run: str = "") -> list[Json]:
    """The namespaces of a run, or of all runs, the newest first."""
    selector = ",".join(f"{name}={value}" for name, value in MANAGED.items()) + "," + (f"{RUN}={run}" if run else RUN)
    found: list[Json] = rest.send(api, "GET", path("v1", "namespaces"), query={"labelSelector": selector})["items"]
    # Two of one second keep the order in which the server lists them, that of their names.
    return sorted(found, key=lambda item: str(item["metadata"]["creationTimestamp"]), reverse=True)


def run_of(item: Json) -> str:
    """The run that made a namespace."""
    return str(item["metadata"]["labels"][RUN])


def abandoned(items: Sequence[Json]) -> list[Json]:
    """Those of runs whose process is surely gone."""
    return [item for item in items if registry.dead(item["metadata"].get("annotations", {}).get(OWNER, ""))]


def remove(api: client.ApiClient, items: Sequence[Json], clock: Clock = _SYSTEM) -> list[str]:
    """Deletes namespaces in this order, and returns their names when all are gone.

    EnvironmentFault names those that are not gone after GONE seconds.
    """
    names = [item["metadata"]["name"] for item in items if _deleted(api, item)]
    deadline, left = clock.monotonic() + GONE, items
    while left := [item for item in left if _there(api, item)]:
        if clock.monotonic() > deadline:
            told = ", ".join(item["metadata"]["name"] for item in left)
            raise EnvironmentFault(
                f"namespaces are not gone {GONE:.0f} s after they were deleted: {told}",
                next_step="kubectl get namespace NAME -o yaml tells what holds one",
            )
        clock.sleep(_GLANCE)
    return names


def _deleted(api: client.ApiClient, item: Json) -> bool:
    """Deletes one if it still is the one, and is marked as a run's; one that goes already is left to go."""
    if "deletionTimestamp" in item["metadata"] or not _there(api, item):
        return False
    body = {"preconditions": {"uid": item["metadata"]["uid"]}, "propagationPolicy": "Background"}
    rest.send(api, "DELETE", path("v1", "namespaces", "", item["metadata"]["name"]), body=body)
    return True


def _there(api: client.ApiClient, item: Json) -> bool:
    """Whether that very namespace is there, and marked."""
    try:
        found = rest.send(api, "GET", path("v1", "namespaces", "", item["metadata"]["name"]))["metadata"]
    except rest.Refused as error:
        if error.status == 404:
            return False
        raise
    marks = found.get("labels", {})
    return bool(found["uid"] == item["metadata"]["uid"] and RUN in marks and MANAGED.items() <= marks.items())
