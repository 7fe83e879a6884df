"""The new revision dies: a pod asks it, again and again, for a path that lets it panic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.faults import asker
from canarylab.faults.application import podinfo
from canarylab.faults.fault import APPLICATION, LOCAL, Fault, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site, ready, uid
from canarylab.journey import Application

_PATH = "/panic"
_FIRST_BACKOFF, _LAST_BACKOFF = 10.0, 300.0  # seconds: the kubelet doubles its wait at each death
_START = 20.0  # seconds for a container to be ready again; one or two are usual


@dataclass(frozen=True)
class Crash(Fault):
    """The kubelet starts the container again, waits longer each time, and each time it dies anew."""

    name: ClassVar[str] = "crash"
    about: ClassVar[str] = "the new revision's container dies whenever it comes up"
    measured: ClassVar[str] = "by the restarts that the kubelet counts, and at the end by the pods' readiness"
    family: ClassVar[str] = APPLICATION
    rungs: ClassVar[tuple[str, ...]] = (LOCAL,)

    per_second: float = described("how often it is asked in a second", 2.0, least=1, most=50)
    path: str = described("what lets it die", _PATH)

    def misfit(self, application: Application) -> str:
        return podinfo.lacks(application, self.name, self.path, _PATH)

    def plan(self, site: Site) -> Plan:
        before = {uid(pod): restarts(pod) for pod in site.some_pods("canary")}
        return Plan(
            actions=(asker.loading(site, self.path, self.per_second).action,),
            look=lambda: _died(site, before),
            bound=asker.START + _START,
            end_look=lambda: _unready(site),
            end_bound=lambda: _START + backoff(max(map(restarts, site.pods("canary")), default=0)),
        )


def restarts(pod: Mapping[str, Any]) -> int:
    """How often the containers of a pod were started again."""
    return sum(one["restartCount"] for one in pod.get("status", {}).get("containerStatuses") or ())


def backoff(deaths: int) -> float:
    """Seconds that the kubelet may wait before it starts a container again."""
    return min(_LAST_BACKOFF, float(_FIRST_BACKOFF * 2 ** min(deaths, 5)))


def _died(site: Site, before: Mapping[str, int]) -> Reading:
    pods = site.pods("canary")
    died = sum(restarts(pod) > before.get(uid(pod), 0) for pod in pods)
    return Reading(died, len(pods), "pods of the new revision died and were started again")


def _unready(site: Site) -> Reading:
    pods = site.pods("canary")
    return Reading(sum(not ready(pod) for pod in pods), len(pods), "pods of the new revision are not ready")
