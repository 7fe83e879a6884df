"""Flagger's pod is killed; its Deployment makes another one, which goes on from the Canaries' status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.errors import UsageError
from canarylab.faults.fault import PLATFORM, Fault, Plan
from canarylab.faults.platform import killing
from canarylab.faults.site import Site
from canarylab.kube.apply import path


@dataclass(frozen=True)
class KillFlagger(Fault):
    """Whatever Flagger holds in memory is lost."""

    name: ClassVar[str] = "kill-flagger"
    about: ClassVar[str] = "Flagger's pod is killed at once"
    measured: ClassVar[str] = "by the pod's UID, which goes; at the end by the ready pods, as many as wanted"
    family: ClassVar[str] = PLATFORM
    exclusive: ClassVar[bool] = True

    def plan(self, site: Site) -> Plan:
        space = site.flagger_namespace
        workload = path("apps/v1", "deployments", space, "flagger")
        site.need(workload, f"Flagger in {space}")
        pods = killing.of(site, space, workload)
        if not pods:
            raise UsageError("Flagger has no pod", where=space)
        return killing.plan(site, space, workload, pods[0])
