"""A pod is deleted at once: its UID goes, and at the end as many are ready as are wanted."""

from __future__ import annotations

from typing import Any

from canarylab.faults.fault import Plan
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site, ready, uid
from canarylab.faults.steps import Action, Delete
from canarylab.kube.apply import path
from canarylab.observe.observer import workload_seen

Json = dict[str, Any]

_GONE = 15.0  # seconds for a killed pod to go; one is usual
_READY = 60.0  # seconds for another one to be ready; three are usual


def plan(site: Site, namespace: str, workload: str, victim: Json) -> Plan:
    """Kills one pod; ``workload`` is the path of what makes another one. Nothing is left to undo."""
    where = path("v1", "pods", namespace, victim["metadata"]["name"])
    return Plan(
        actions=(Action(Delete(where)),),
        look=lambda: _gone(site, namespace, workload, victim),
        bound=_GONE,
        end_look=lambda: _missing(site, namespace, workload),
        end_bound=lambda: _READY,
    )


def of(site: Site, namespace: str, workload: str) -> list[Json]:
    """The pods of a workload."""
    return site.labelled(namespace, site.get(workload)["spec"]["selector"]["matchLabels"])


def _gone(site: Site, namespace: str, workload: str, victim: Json) -> Reading:
    gone = uid(victim) not in map(uid, of(site, namespace, workload))
    return Reading(int(gone), 1, f"pod {victim['metadata']['name']} is gone")


def _missing(site: Site, namespace: str, workload: str) -> Reading:
    wanted = workload_seen(site.get(workload))["replicas"]
    there = sum(map(ready, of(site, namespace, workload)))
    return Reading(max(0, wanted - there), wanted, "pods wanted are not ready")
