"""The new revision answers with errors: a pod beside the users asks it for a path that does so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from canarylab.faults import asker, prometheus
from canarylab.faults.application import podinfo
from canarylab.faults.fault import APPLICATION, LOCAL, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.prometheus import Prometheus
from canarylab.faults.site import Site
from canarylab.journey import Application

_PATH = "/status/{status}"


@dataclass(frozen=True)
class ErrorResponses(Fault):
    """Real answers of the application, counted as such; users who ask for something else do not see them."""

    name: ClassVar[str] = "error-responses"
    about: ClassVar[str] = "the new revision answers with errors, at an even pace beside the users' requests"
    measured: ClassVar[str] = "by the mesh's own count of the new revision's answers with this status, in Prometheus"
    family: ClassVar[str] = APPLICATION
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    status: int = described("the status of the answers", 500, least=400, most=599)
    per_second: float = described("how many answers in a second", 10.0, least=1, most=100)
    path: str = described("what is asked for; `{status}` is replaced", _PATH)

    def misfit(self, application: Application) -> str:
        return podinfo.lacks(application, self.name, self.path, _PATH)

    def plan(self, site: Site) -> Plan:
        site.some_pods("canary")
        load = asker.loading(site, podinfo.filled(self.path, status=self.status), self.per_second)
        labels = f'destination_workload_namespace="{site.namespace}",destination_workload="{site.canary.target}"'
        everything, bad = (
            f"istio_requests_total{{{labels}}}",
            f'istio_requests_total{{{labels},response_code="{self.status}"}}',
        )
        what = f"answers of {site.canary.target} were {self.status}"
        return Plan(
            actions=(load.action,),
            look=partial(Prometheus(site).grown, bad, everything, what),
            bound=prometheus.ROUND,
            in_force=self._enough,
        )

    def _enough(self, reading: Reading) -> bool:
        """Half of what a window at this pace brings: its edges are those of scrapes."""
        return reading.hits >= self.per_second * prometheus.WINDOW / 2
