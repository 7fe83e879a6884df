"""The new revision's memory grows: requests whose bodies never end are held open, and it holds what came."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.faults import asker
from canarylab.faults.application import podinfo
from canarylab.faults.fault import APPLICATION, LOCAL, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site, uid
from canarylab.faults.steps import created
from canarylab.journey import Application
from canarylab.kube.apply import path

Json = dict[str, Any]

MEBIBYTE = 1 << 20
_PATH = "/echo"
_PACE = 16  # mebibytes that are sent in a second
_PAUSE = 5.0  # seconds between the two looks of the end: the holder would send 80 mebibytes meanwhile
_STATS = 20.0  # seconds for the kubelet's figures to follow


@dataclass(frozen=True)
class MemoryGrowth(Fault):
    """Works on whatever reads a request's body whole before it answers."""

    name: ClassVar[str] = "memory-growth"
    about: ClassVar[str] = "the memory of the new revision's pods grows by so much, and is held"
    measured: ClassVar[str] = "by the kubelet's own figures of the pods' working sets; at the end they grow no more"
    family: ClassVar[str] = APPLICATION
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)

    mebibytes: int = described("by how much each pod grows", 64, least=8, most=1024)
    path: str = described("where a POST is read whole", _PATH)

    def misfit(self, application: Application) -> str:
        return podinfo.lacks(application, self.name, self.path, _PATH)

    def plan(self, site: Site) -> Plan:
        pods = site.some_pods("canary")
        before = working_sets(site, pods)
        latest = dict(before)

        def grown() -> Reading:
            latest.update(working_sets(site, pods))
            return self._grown(latest, before, "pods of the new revision have grown by three quarters of")

        def growing() -> Reading:
            earlier = dict(latest)
            time.sleep(_PAUSE)
            latest.update(working_sets(site, pods))
            return self._grown(latest, earlier, "pods of the new revision grew further by three quarters of")

        return Plan(
            actions=(created(path("v1", "pods", site.namespace), self._holder(site, pods)),),
            look=grown,
            bound=asker.START + self.mebibytes / _PACE + _STATS,
            end_look=growing,
        )

    def _grown(self, now: Mapping[str, int], before: Mapping[str, int], what: str) -> Reading:
        """Three quarters count: the program's garbage collector gives back some of what it held before."""
        enough = self.mebibytes * MEBIBYTE * 3 // 4
        hits = sum(now[one] - before[one] >= enough for one in before)
        most = max(((now[one] - before[one]) // MEBIBYTE for one in before), default=0)
        return Reading(hits, len(before), f"{what} {self.mebibytes} MiB (at most {most})")

    def _holder(self, site: Site, pods: list[Json]) -> Json:
        urls = [f"http://{pod['status']['podIP']}:{site.pod_port}{self.path}" for pod in pods]
        container = {
            "name": "holder",
            "image": "docker.io/canarylab/client:latest",
            "command": ["python3", "-m", "canarylab.faults.application.holder"],
            "args": [str(self.mebibytes), f"{site.lifetime:.0f}", *urls],
        }
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"fault-{site.id}-holder", "namespace": site.namespace},
            "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container]},
        }


def working_sets(site: Site, pods: list[Json]) -> dict[str, int]:
    """Bytes of memory of each of these pods, as their kubelets tell; those that are gone are left out."""
    wanted, found = set(map(uid, pods)), dict[str, int]()
    for node in {pod["spec"]["nodeName"] for pod in pods}:
        summary = site.get(path("v1", "nodes", "", node) + "/proxy/stats/summary")
        for one in summary["pods"]:
            if one["podRef"]["uid"] in wanted:
                found[one["podRef"]["uid"]] = sum(each["memory"]["workingSetBytes"] for each in one["containers"])
    return found
