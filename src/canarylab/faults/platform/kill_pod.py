"""A pod of a revision is killed; its workload makes another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.faults.fault import PLATFORM, WORKLOADS, Fault, Plan, described
from canarylab.faults.platform import killing
from canarylab.faults.site import Site


@dataclass(frozen=True)
class KillPod(Fault):
    """Without a grace period, as a node that dies takes it."""

    name: ClassVar[str] = "kill-pod"
    about: ClassVar[str] = "a pod of a revision is killed at once"
    measured: ClassVar[str] = "by the pod's UID, which goes; at the end by the ready pods, as many as wanted"
    family: ClassVar[str] = PLATFORM

    workload: str = described("whose pod: `canary` or `primary`", "canary", choices=WORKLOADS)

    def plan(self, site: Site) -> Plan:
        victim = site.some_pods(self.workload)[0]
        return killing.plan(site, site.namespace, site.workload_path(self.workload), victim)
