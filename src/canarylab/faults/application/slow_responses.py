"""The new revision answers late: a pod beside the users asks it for a path that does so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from canarylab.faults import asker, prometheus
from canarylab.faults.application import podinfo
from canarylab.faults.fault import APPLICATION, LOCAL, Fault, Plan, described
from canarylab.faults.measure import Reading, partly
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site
from canarylab.journey import Application

_PATH = "/delay/{seconds}"
# Bounds of Envoy's buckets in milliseconds, as Prometheus has them.
_BUCKETS = (250, 500, 1000, 2500, 5000)


@dataclass(frozen=True)
class SlowResponses(Fault):
    """Real answers of the application, counted as such; users who ask for something else do not wait."""

    name: ClassVar[str] = "slow-responses"
    about: ClassVar[str] = "the new revision answers late, at an even pace beside the users' requests"
    measured: ClassVar[str] = "by the mesh's own histogram of the new revision's answers, in Prometheus"
    family: ClassVar[str] = APPLICATION
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    seconds: int = described("how long each of them takes", 1, least=1, most=4)
    per_second: float = described("how many requests in a second, as far as 30 at once go", 5.0, least=1, most=50)
    path: str = described("what is asked for; `{seconds}` is replaced", _PATH)

    def misfit(self, application: Application) -> str:
        return podinfo.lacks(application, self.name, self.path, _PATH)

    def plan(self, site: Site) -> Plan:
        site.some_pods("canary")
        load = asker.loading(site, podinfo.filled(self.path, seconds=self.seconds), self.per_second)
        limit = max(one for one in _BUCKETS if one < self.seconds * 1000)
        return Plan(
            actions=(load.action,),
            look=partial(_later, site, limit),
            bound=prometheus.ROUND,
            in_force=partly,
        )


def _later(site: Site, limit: int) -> Reading:
    """Answers that took longer than a bucket's bound: all of them less those within it."""
    labels = f'destination_workload_namespace="{site.namespace}",destination_workload="{site.canary.target}"'
    name = "istio_request_duration_milliseconds"
    within = f'{name}_bucket{{{labels},le="{limit}"}}'
    found = Prometheus(site).grown(within, f"{name}_count{{{labels}}}", "")
    return Reading(found.of - found.hits, found.of, f"answers of {site.canary.target} took more than {limit} ms")
