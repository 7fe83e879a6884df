"""Prometheus answers late: the mesh delays what goes to it, Flagger's questions among it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from canarylab.faults import asker, prometheus
from canarylab.faults.asker import Asker
from canarylab.faults.fault import LOCAL, PLATFORM, Fault, Plan, described
from canarylab.faults.measure import none_of_some
from canarylab.faults.mesh import filters
from canarylab.faults.mesh.filters import Spot
from canarylab.faults.site import Site
from canarylab.journey import Crowd
from canarylab.model.traffic import Answer

_ANSWERS = 8  # of a look; as many are waited for at once
_SLACK = 0.1


@dataclass(frozen=True)
class PrometheusSlow(Fault):
    """Flagger waits for five seconds (1.44.0), and takes an answer that comes later for none."""

    name: ClassVar[str] = "prometheus-slow"
    about: ClassVar[str] = "Prometheus answers late to whoever asks it through the mesh, as Flagger does"
    measured: ClassVar[str] = (
        "by a client of its own, which asks Prometheus through the mesh and waits for five seconds"
    )
    family: ClassVar[str] = PLATFORM
    exclusive: ClassVar[bool] = True
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    seconds: float = described("how late", 6.0, least=0.5, most=60)

    def plan(self, site: Site) -> Plan:
        host = f"{prometheus.NAME}.{site.mesh_namespace}"
        client = Asker(site, "probe", f"{host}:{prometheus.PORT}", Crowd(path="/-/ready"))
        delay = {"fixed_delay": f"{self.seconds}s", "percentage": filters.probability(100)}
        patches = filters.at_hosts([Spot(f"{host}.svc.cluster.local:{prometheus.PORT}")], {"delay": delay})
        least = min(self.seconds, asker.TIMEOUT)

        def late(answer: Answer) -> bool:
            return answer.answered - answer.sent >= least - _SLACK

        return Plan(
            tools=(client.action,),
            actions=(filters.applied(site, patches),),
            look=lambda: client.look(late, _ANSWERS, f"answers were not there within {least:g} s"),
            bound=asker.START + filters.APPLIED + 2 * _ANSWERS * least,
            over=none_of_some,
        )
