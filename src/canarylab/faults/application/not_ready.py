"""Pods stop being ready: each is asked to fail its readiness probe, and at the end to pass it again."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.faults.application import podinfo
from canarylab.faults.fault import ANYWHERE, APPLICATION, WORKLOADS, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site, uid
from canarylab.faults.steps import Action, Post
from canarylab.journey import Application
from canarylab.kube.apply import path

_OFF, _ON = "/readyz/disable", "/readyz/enable"
_SLICES = 10.0  # seconds for the EndpointSlices to follow; one is usual
_PERIOD, _FAILURES, _TIMEOUT = 10, 3, 1  # what Kubernetes takes where a probe gives none


@dataclass(frozen=True)
class NotReady(Fault):
    """Pods that come later are not asked, and are ready."""

    name: ClassVar[str] = "not-ready"
    about: ClassVar[str] = "the pods that a revision has stop being ready"
    measured: ClassVar[str] = "by the EndpointSlices of the revision's Service: they leave out the pods"
    family: ClassVar[str] = APPLICATION
    rungs: ClassVar[tuple[str, ...]] = ANYWHERE

    workload: str = described("whose pods: `canary` or `primary`", "canary", choices=WORKLOADS)
    off: str = described("where a POST lets the readiness probe fail", _OFF)
    on: str = described("where a POST lets it pass again", _ON)

    def misfit(self, application: Application) -> str:
        return podinfo.lacks(application, self.name, self.off, _OFF)

    def plan(self, site: Site) -> Plan:
        pods = site.some_pods(self.workload)
        asked = frozenset(map(uid, pods))
        return Plan(
            actions=tuple(Action(Post(_proxy(site, pod, self.off)), Post(_proxy(site, pod, self.on))) for pod in pods),
            look=lambda: _left_out(site, self.workload, asked),
            bound=max(map(patience, pods)) + _SLICES,
        )


def _proxy(site: Site, pod: Mapping[str, Any], where: str) -> str:
    one = f"{pod['metadata']['name']}:{site.pod_port}"
    return path("v1", "pods", site.namespace, one) + f"/proxy{where}"


def patience(pod: Mapping[str, Any]) -> float:
    """Seconds that a failing readiness probe may take to make a pod unready."""
    probes = [probe for one in pod["spec"]["containers"] if (probe := one.get("readinessProbe"))]
    spans = [
        probe.get("periodSeconds", _PERIOD) * (probe.get("failureThreshold", _FAILURES) + 1)
        + probe.get("timeoutSeconds", _TIMEOUT)
        for probe in probes
    ]
    return float(max(spans, default=0))


def _left_out(site: Site, which: str, asked: Set[str]) -> Reading:
    there = asked & set(map(uid, site.pods(which)))
    return Reading(len(there - site.endpoints(which)), len(there), f"pods of the {which} are no endpoints")
