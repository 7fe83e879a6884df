"""Endpoints come and go: the pods' readiness is overwritten in their status, again and again.

A kubelet puts the truth back at its next look at the API's version of a status, ten seconds later at the most, so what
a killed runner leaves mends itself as well.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from canarylab.errors import CanarylabError
from canarylab.faults.fault import PLATFORM, WORKLOADS, Fault, Plan, described
from canarylab.faults.measure import Reading, none_of_some, to_and_fro
from canarylab.faults.site import Site, uid
from canarylab.faults.steps import Action, Merge, Reach
from canarylab.kube.apply import path

Json = dict[str, Any]

_LOOKS = 12
_BOUND = 30.0  # seconds in which a kubelet has put the truth back, and the EndpointSlices have followed


@dataclass(frozen=True)
class EndpointFlapping(Fault):
    """The programs go on undisturbed, only nobody is led to them for half of each period."""

    name: ClassVar[str] = "endpoint-flapping"
    about: ClassVar[str] = "the endpoints of a revision's Service come and go"
    measured: ClassVar[str] = "by looks at the EndpointSlices of the revision's Service over one period"
    family: ClassVar[str] = PLATFORM

    workload: str = described("whose endpoints: `canary` or `primary`", "canary", choices=WORKLOADS)
    period: float = described("seconds from one disappearance to the next", 4.0, least=2, most=60)

    def plan(self, site: Site) -> Plan:
        pods = site.some_pods(self.workload)
        places = [path("v1", "pods", site.namespace, pod["metadata"]["name"]) + "/status" for pod in pods]
        asked = frozenset(map(uid, pods))

        def looked() -> Reading:
            gone = [_all_gone(site, self.workload, asked) for _ in _paced(self.period)]
            return Reading(sum(gone), len(gone), f"looks at the Service of the {self.workload} found no endpoint")

        return Plan(
            actions=tuple(Action(None, told(where, ready=True)) for where in places),
            look=looked,
            bound=3 * self.period + _BOUND,
            in_force=to_and_fro,
            over=none_of_some,
            meanwhile=lambda: _flapping(site, places, self.period / 2),
        )


def told(where: str, *, ready: bool) -> Merge:
    """The step that overwrites a pod's readiness."""
    condition = {"type": "Ready", "status": str(ready), "reason": None if ready else "CanarylabFault"}
    return Merge(where, {"status": {"conditions": [condition]}}, strategic=True)


def _paced(period: float) -> Iterator[int]:
    for number in range(_LOOKS):
        yield number
        time.sleep(period / _LOOKS)


def _all_gone(site: Site, which: str, asked: Set[str]) -> bool:
    """Whether none of the pods that are still there is an endpoint."""
    there = asked & set(map(uid, site.pods(which)))
    return bool(there) and not there & site.endpoints(which)


@contextmanager
def _flapping(site: Site, places: list[str], half: float) -> Iterator[None]:
    """Overwrites the statuses, every other time with the truth, in a thread of its own."""
    ended, reach = threading.Event(), Reach(site.cluster.api_client)

    def flap() -> None:
        ready = False
        while not ended.is_set():
            for where in places:
                with suppress(CanarylabError):  # a pod may be gone, and the measure tells whether anything flaps
                    told(where, ready=ready).run(reach)
            ready = not ready
            ended.wait(half)

    thread = threading.Thread(target=flap, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
