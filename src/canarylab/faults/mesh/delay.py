"""The mesh delays requests to a revision; they are answered after that, and counted with their delay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.faults import asker
from canarylab.faults.fault import LOCAL, MESH, Fault, Plan, described
from canarylab.faults.measure import none_of_some, share
from canarylab.faults.mesh import filters
from canarylab.faults.site import Site
from canarylab.model.traffic import Answer

_ANSWERS = 24  # of a look; eight are waited for at once
_SLACK = 0.01  # seconds by which Envoy's timer and the client's clock may differ


@dataclass(frozen=True)
class Delay(Fault):
    """By the fault filter that every proxy of Istio has."""

    name: ClassVar[str] = "delay"
    about: ClassVar[str] = "the mesh delays a percentage of the requests to a revision"
    measured: ClassVar[str] = "by a client of its own, which asks the revision's Service through the mesh"
    family: ClassVar[str] = MESH
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    seconds: float = described("by how much", 2.0, least=0.2, most=4.5)
    percent: float = described("how many of a hundred requests", 100.0, least=1, most=100)
    to: str = described(
        "whose requests: `canary`, `primary`, or `all`; what the apex sends there too",
        "canary",
        choices=filters.TARGETS,
    )

    def plan(self, site: Site) -> Plan:
        client = asker.asking(site, "apex" if self.to == "all" else self.to)
        delay = {"fixed_delay": f"{self.seconds}s", "percentage": filters.probability(self.percent)}
        return Plan(
            tools=(client.action,),
            actions=(filters.applied(site, filters.at_hosts(filters.spots(site, self.to), {"delay": delay})),),
            look=lambda: client.look(self._late, _ANSWERS, f"answers took {self.seconds:g} s or more"),
            bound=asker.START + filters.APPLIED + _ANSWERS * self.seconds,
            in_force=share(self.percent),
            over=none_of_some,
        )

    def _late(self, answer: Answer) -> bool:
        return answer.answered - answer.sent >= self.seconds - _SLACK
