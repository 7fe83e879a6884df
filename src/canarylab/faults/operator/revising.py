"""The target gets another revision in the middle of a rollout, and its old one again at the end."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from canarylab.faults.fault import Plan
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, Merge
from canarylab.journey import Change

Json = dict[str, Any]

_BOUND = 20.0  # seconds for the workload's controller to see a changed template; one is usual


def plan(site: Site, change: Change) -> Plan:
    """Ships a change; the end brings the containers back as they were, which is another change to Flagger."""
    where = site.workload_path("canary")
    before = site.get(where)
    patch = site.application.patch(change)
    containers = copy.deepcopy(before["spec"]["template"]["spec"]["containers"])
    back = {"spec": {"template": {"spec": {"containers": containers}}}}
    wanted = patch["spec"]["template"]["spec"]["containers"][0]

    def seen() -> Reading:
        return Reading(int(shown(site.get(where), wanted)), 1, "workload's controller has the other revision")

    return Plan(actions=(Action(Merge(where, patch, strategic=True), Merge(where, back)),), look=seen, bound=_BOUND)


def shown(workload: Json, wanted: Mapping[str, Any]) -> bool:
    """Whether the controller has seen a generation whose container is as wanted."""
    followed = workload["status"].get("observedGeneration", 0) >= workload["metadata"]["generation"]
    found = next(
        one for one in workload["spec"]["template"]["spec"]["containers"] if one["name"] == wanted["name"]
    )  # fmt: skip
    return followed and all(_holds(found.get(key), value) for key, value in wanted.items())


def _holds(found: Any, value: Any) -> bool:
    """Equal, but for variables: they are merged into those that are there."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return all(one in (found or ()) for one in value)
    return bool(found == value)
