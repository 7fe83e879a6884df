"""The observer: from before the trigger on, whatever happens to a canary becomes an event of its record.

It follows the Canary, the mesh's route object, the target and the primary, each by a watch of its own, and
Flagger's log. ``started`` returns when all of them are listed, so nothing later can be missed unseen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.kube.apply import path
from canarylab.model import timeline
from canarylab.model.canary import Canary
from canarylab.model.timeline import CanarySeen, Gap, RouteSeen, WorkloadSeen
from canarylab.observe.flaggerlog import LogFollower
from canarylab.observe.follow import Follower, Place
from canarylab.observe.record import Record
from canarylab.observe.routes import Route

Json = dict[str, Any]

_LIST_BOUND = 30.0  # seconds for the first lists of a busy API server; 0.1 s is usual
_SETTLE_BOUND = 10.0  # seconds for a watch to tell what a list shows; milliseconds are usual
PLURALS = {"Deployment": "deployments", "DaemonSet": "daemonsets"}


def canary_seen(item: Json) -> dict[str, Any]:
    """A Canary object as the facts of :class:`CanarySeen`."""
    status = item.get("status", {})
    conditions = status.get("conditions") or [{}]
    return {
        "version": item["metadata"]["resourceVersion"],
        "phase": status.get("phase", ""),
        "weight": status.get("canaryWeight", 0),
        "failed": status.get("failedChecks", 0),
        "iterations": status.get("iterations", 0),
        "reason": conditions[0].get("message", ""),
    }


def workload_seen(item: Json) -> dict[str, Any]:
    """A Deployment or DaemonSet as the facts of :class:`WorkloadSeen`."""
    status, spec = item.get("status", {}), item["spec"]
    wanted = status.get("desiredNumberScheduled", 0) if "replicas" not in spec else spec["replicas"]
    containers = spec["template"]["spec"]["containers"]
    return {
        "version": item["metadata"]["resourceVersion"],
        "name": item["metadata"]["name"],
        "images": {one["name"]: one["image"] for one in containers},
        "replicas": wanted,
        "available": status.get("availableReplicas", status.get("numberAvailable", 0)) or 0,
    }


def route_seen(item: Json, route: Route, canary: Canary) -> dict[str, Any]:
    """A route object as the facts of :class:`RouteSeen`."""
    return {
        "version": item["metadata"]["resourceVersion"],
        "name": item["metadata"]["name"],
        "weights": route.read(item),
        "canary": route.canary_weight(item, canary),
    }


class Observer:
    """The watches and the log of one canary, and the record that they fill."""

    def __init__(
        self, api: Callable[[], client.ApiClient], canary: Canary, route: Route | None, flagger: str, record: Record
    ) -> None:
        """``api`` makes a client for each watch; ``flagger`` is the namespace of Flagger's Deployment."""
        self.record = record
        self._canary = canary
        kind, space = PLURALS[canary.kind], canary.namespace
        self._followers = {
            timeline.CANARY: self._follow(
                api(), timeline.CANARY, Place(path("flagger.app/v1beta1", "canaries", space), canary.name)
            ),
            timeline.TARGET: self._follow(
                api(), timeline.TARGET, Place(path("apps/v1", kind, space), canary.target)
            ),
            timeline.PRIMARY: self._follow(
                api(), timeline.PRIMARY, Place(path("apps/v1", kind, space), canary.primary)
            ),
        }  # fmt: skip
        if route is not None:
            place = Place(path(route.api_version, route.plural, space), canary.apex)
            self._followers[timeline.ROUTE] = self._follow(api(), timeline.ROUTE, place, route)
        self._log = LogFollower(api(), flagger, canary, record)

    def _follow(self, api: client.ApiClient, source: str, place: Place, route: Route | None = None) -> Follower:
        def seen(item: Json) -> None:
            if source == timeline.CANARY:
                self.record.append(CanarySeen, source, **canary_seen(item))
            elif route is not None:
                self.record.append(RouteSeen, source, **route_seen(item, route, self._canary))
            else:
                self.record.append(WorkloadSeen, source, **workload_seen(item))

        return Follower(api, place, seen, lambda why: self.record.append(Gap, source, why=why))

    def start(self) -> None:
        """Starts every watch; EnvironmentFault when one of them gets no answer."""
        for follower in self._followers.values():
            follower.start()
        self._log.start()
        for source, follower in self._followers.items():
            if not follower.listed(_LIST_BOUND):
                raise EnvironmentFault(
                    f"the {source} cannot be listed", where=f"canary/{self._canary.namespace}/{self._canary.name}",
                    next_step="see whether the API server answers, and whether this account may list and watch it",
                )  # fmt: skip

    def settle(self) -> None:
        """Waits until every watch has told what the server has now; a watch that does not is a gap."""
        for source, follower in self._followers.items():
            deadline = time.monotonic() + _SETTLE_BOUND
            while (current := follower.current()) != follower.last:
                if time.monotonic() > deadline:
                    why = f"the watch is behind: {follower.last or 'nothing'} of {current or 'nothing'}"
                    self.record.append(Gap, source, why=why)
                    break
                time.sleep(0.01)

    def stop(self) -> None:
        for follower in self._followers.values():
            follower.stop()
        self._log.stop()


@contextmanager
def observing(observer: Observer) -> Iterator[Record]:
    """An observer for the length of a ``with`` block."""
    try:
        observer.start()
        yield observer.record
    finally:
        observer.stop()
