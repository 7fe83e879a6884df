"""The mesh fails requests to a revision, at the pods or at the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.faults import asker
from canarylab.faults.fault import LOCAL, MESH, Fault, Plan, described
from canarylab.faults.measure import none_of_some, share
from canarylab.faults.mesh import filters
from canarylab.faults.site import Site
from canarylab.journey import Application
from canarylab.model.traffic import Answer

_ANSWERS = 100  # of a look, at 40 in a second
_RETRIED = 503  # Istio's own policy asks again after it, twice


@dataclass(frozen=True)
class Abort(Fault):
    """At the pods the mesh counts what it fails as answers of the revision; at the caller it does not."""

    name: ClassVar[str] = "abort"
    about: ClassVar[str] = "the mesh fails a percentage of the requests to a revision"
    measured: ClassVar[str] = "by a client of its own, which asks the revision's Service through the mesh"
    family: ClassVar[str] = MESH
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    percent: float = described("how many of a hundred requests fail", 100.0, least=1, most=100)
    status: int = described("with which status; 503 is asked again by Istio's own policy", 500, least=400, most=599)
    to: str = described(
        "whose requests: `canary`, `primary`, or `all`; what the apex sends there too",
        "canary",
        choices=filters.TARGETS,
    )
    at: str = described(
        "`pods`: counted as the revision's answers; `caller`: as a VirtualService's fault, which is not counted",
        "pods", choices=("pods", "caller"),
    )  # fmt: skip

    def misfit(self, application: Application) -> str:
        del application
        if self.at == "pods" and self.status == _RETRIED and self.percent < 100:
            return f"Istio asks again after {_RETRIED}, so fewer requests than {self.percent:g}% would fail: at=caller"
        return ""

    def plan(self, site: Site) -> Plan:
        client = asker.asking(site, "apex" if self.to == "all" else self.to)
        return Plan(
            tools=(client.action,),
            actions=(filters.applied(site, self._patches(site)),),
            look=lambda: client.look(self._failed, _ANSWERS, f"answers were {self.status}"),
            bound=asker.START + filters.APPLIED,
            in_force=share(self.percent),
            over=none_of_some,
        )

    def _patches(self, site: Site) -> list[filters.Json]:
        if self.at == "caller":
            abort = {"http_status": self.status, "percentage": filters.probability(self.percent)}
            return filters.at_hosts(filters.spots(site, self.to), {"abort": abort})
        chosen = ("canary", "primary") if self.to == "all" else (self.to,)
        return filters.at_pods((filters.cluster(site, one) for one in chosen), self.percent, self.status)

    def _failed(self, answer: Answer) -> bool:
        return answer.status == self.status
