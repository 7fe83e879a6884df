"""An autoscaler goes down to its minimum in the middle of a rollout, as it does when the load goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.errors import UsageError
from canarylab.faults.fault import OPERATOR, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, Merge, changed
from canarylab.journey import Application
from canarylab.kube.apply import path
from canarylab.observe.observer import PLURALS

Json = dict[str, Any]

_BOUND = 60.0  # seconds: an autoscaler looks each 15 s


@dataclass(frozen=True)
class HpaMinimum(Fault):
    """Its maximum is set to its minimum, so whatever it measures, it goes there."""

    name: ClassVar[str] = "hpa-minimum"
    about: ClassVar[str] = "a HorizontalPodAutoscaler brings its workload down to its minimum"
    measured: ClassVar[str] = "by the workload's replicas, which the autoscaler sets; at the end by its limits"
    family: ClassVar[str] = OPERATOR

    hpa: str = described("the autoscaler's name; the Canary's autoscalerRef if none is given", "")

    def misfit(self, application: Application) -> str:
        if self.hpa or application.canary["spec"].get("autoscalerRef"):
            return ""
        return f"the fault {self.name} needs an autoscaler: the Canary has no autoscalerRef, and none is named"

    def plan(self, site: Site) -> Plan:
        name = self.hpa or site.application.canary["spec"]["autoscalerRef"]["name"]
        where = path("autoscaling/v2", "horizontalpodautoscalers", site.namespace, name)
        before = site.need(where, f"HorizontalPodAutoscaler {name}")
        least, most = before["spec"].get("minReplicas", 1), before["spec"]["maxReplicas"]
        scaled = _scaled(site, before)
        replicas = site.get(scaled)["spec"].get("replicas", 1)
        if replicas <= least:
            raise UsageError(f"{name} is at its minimum already: {replicas} of {least}", where=site.namespace)

        def down() -> Reading:
            now = site.get(scaled)["spec"]["replicas"]
            return Reading(int(now <= least), 1, f"workload is at the minimum of {least}, after {replicas}")

        def limited() -> Reading:
            now = site.get(where)["spec"]["maxReplicas"]
            return Reading(int(now != most), 1, f"autoscaler has another maximum than {most}")

        return Plan(
            actions=(
                Action(None, Merge(scaled, {"spec": {"replicas": replicas}})),
                changed(where, before, {"spec": {"maxReplicas": least}}),
            ),
            look=down,
            bound=_BOUND,
            end_look=limited,
        )


def _scaled(site: Site, autoscaler: Json) -> str:
    ref = autoscaler["spec"]["scaleTargetRef"]
    return path(ref["apiVersion"], PLURALS[ref["kind"]], site.namespace, ref["name"])
