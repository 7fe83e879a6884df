"""A pod that asks like a user, as part of a fault or as its measure, and what it was answered lately."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, created
from canarylab.journey import Crowd, users
from canarylab.kube.apply import path
from canarylab.model.traffic import Answer

PACE = 40.0  # questions in a second
TIMEOUT = 5.0  # seconds that the client waits for an answer
START = 10.0  # seconds until a pod asks; one or two are usual
_LOOK_BOUND = 20.0  # seconds for one look; answers that never come take TIMEOUT each, client.WORKERS at once
_PAUSE = 0.2


@dataclass(frozen=True)
class Asker:
    """``name`` tells it from the other pods of the injection; ``host`` is NAME.NAMESPACE:PORT."""

    site: Site
    name: str
    host: str
    crowd: Crowd

    @property
    def action(self) -> Action:
        """The pod, there as long as the fault or its measuring."""
        pod = users.pod(self._named, self.site.namespace, self.host, self.site.lifetime)
        return created(path("v1", "pods", self.site.namespace), self.site.cluster.adapted(pod))

    @property
    def _named(self) -> Crowd:
        return replace(self.crowd, name=f"fault-{self.site.id}-{self.name}")

    def look(self, hit: Callable[[Answer], bool], count: int, what: str) -> Reading:
        """How many of the next ``count`` answers, or of fewer if they do not come, are hits."""
        before = max((one.sent for one in self._answers(1)), default=float("-inf"))
        deadline, found = time.monotonic() + _LOOK_BOUND, list[Answer]()
        while len(found) < count and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            found = [one for one in self._answers(4 * count) if one.sent > before][:count]
        return Reading(sum(map(hit, found)), len(found), what)

    def _answers(self, tail: int) -> list[Answer]:
        return users.answers(self.site.api, self.site.namespace, self._named, tail)


def asking(site: Site, which: str) -> Asker:
    """One that asks a Service as the application's first crowd does."""
    crowds = site.application.crowds
    host = f"{site.service(which)}.{site.namespace}:{site.canary.port}"
    return Asker(site, "probe", host, replace(crowds[0] if crowds else Crowd(), per_second=PACE))


def loading(site: Site, where: str, per_second: float) -> Asker:
    """One that asks the new revision for a path."""
    host = f"{site.service('canary')}.{site.namespace}:{site.canary.port}"
    return Asker(site, "load", host, Crowd(path=where, per_second=per_second))
