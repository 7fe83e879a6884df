"""The observer: from before the trigger on, whatever happens to a canary becomes an event of its record.

It follows the Canary, the mesh's route object, the target and the primary, each by a watch of its own, and
Flagger's log. ``start`` returns when all of them are listed, so nothing later can be missed unseen. A source that
need not be seen may be refused; Events about the Canary then stand for a log that cannot be read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.meshes.provider import Route
from canarylab.model import timeline
from canarylab.model.canary import Canary
from canarylab.model.timeline import CanarySeen, Gap, RouteSeen, WorkloadSeen
from canarylab.observe.events import EVENTS, EventFollower
from canarylab.observe.flaggerlog import LogFollower
from canarylab.observe.follow import Follower, Place
from canarylab.observe.record import Record

Json = dict[str, Any]

_LIST_BOUND = 30.0  # seconds for the first lists of a busy API server; 0.1 s is usual
_SETTLE_BOUND = 10.0  # seconds for a watch to tell what a list shows; milliseconds are usual
PLURALS = {"Deployment": "deployments", "DaemonSet": "daemonsets"}
ALL = frozenset(timeline.SOURCES)


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
    weights = dict(route.weights(item))
    return {
        "version": item["metadata"]["resourceVersion"],
        "name": item["metadata"]["name"],
        "weights": weights,
        "canary": weights.get(f"{canary.apex}-canary", 0),
    }


def places(canary: Canary, route: Route | None) -> dict[str, Place]:
    """Where each source is; a target that is no workload, such as a Service, has none to follow."""
    space, kind = canary.namespace, PLURALS.get(canary.kind)
    found = {timeline.CANARY: Place(path("flagger.app/v1beta1", "canaries", space), canary.name)}
    if kind is not None:
        found[timeline.TARGET] = Place(path("apps/v1", kind, space), canary.target)
        found[timeline.PRIMARY] = Place(path("apps/v1", kind, space), canary.primary)
    if route is not None:
        within = space if route.kind.namespaced else ""
        found[timeline.ROUTE] = Place(path(route.kind.api_version, route.kind.plural, within), route.called(canary))
    return found


class Observer:
    """The watches and the log of one canary, and the record that they fill."""

    def __init__(
        self,
        api: Callable[[], client.ApiClient],
        canary: Canary,
        route: Route | None,
        flagger: str,
        record: Record,
        *,
        required: frozenset[str] = ALL,
    ) -> None:
        """``api`` makes a client for each watch; ``flagger`` is the namespace of Flagger's Deployment.

        ``required`` are the sources without which there is no start; the others are given up when they are refused.
        """
        self.record = record
        self._canary, self._required = canary, required
        self._followers = {
            source: self._follow(api(), source, place, route) for source, place in places(canary, route).items()
        }
        self._log = LogFollower(api(), flagger, canary, record)
        self._events = EventFollower(api(), canary, record)

    def _follow(self, api: client.ApiClient, source: str, place: Place, route: Route | None) -> Follower:
        def seen(item: Json) -> None:
            if source == timeline.CANARY:
                self.record.append(CanarySeen, source, **canary_seen(item))
            elif source == timeline.ROUTE and route is not None:
                self.record.append(RouteSeen, source, **route_seen(item, route, self._canary))
            else:
                self.record.append(WorkloadSeen, source, **workload_seen(item))

        def missed(why: str) -> None:
            self.record.append(Gap, source, why=why)

        return Follower(api, place, seen, missed, required=source in self._required)

    def start(self) -> None:
        """Starts every watch; EnvironmentFault when one of them gets no answer."""
        for follower in self._followers.values():
            follower.start()
        self._listen()
        for source, follower in self._followers.items():
            if not follower.listed(_LIST_BOUND):
                why = follower.refused or follower.silent or "no answer"
                raise EnvironmentFault(
                    f"the {source} cannot be listed: {why}",
                    where=f"canary/{self._canary.namespace}/{self._canary.name}",
                    next_step="see whether the API server answers, and whether this account may list and watch it",
                )

    def _listen(self) -> None:
        """Hears what Flagger says: from its log, else from Events."""
        if timeline.LOG in self._required or self._log.readable():
            self._log.start()
        else:
            self._events.start()
            self._events.listed(_SETTLE_BOUND)

    def refusals(self) -> dict[str, rest.Refused]:
        """The sources that the server does not show, and how it refused."""
        refused = {source: one.refused for source, one in self._followers.items()}
        refused |= {timeline.LOG: self._log.refused, EVENTS: self._events.refused}
        return {source: error for source, error in refused.items() if error is not None}

    def exists(self) -> bool:
        """Whether there is a Canary; to be asked after the start."""
        return bool(self._followers[timeline.CANARY].last)

    def silent(self) -> str:
        """Why nothing is heard of the Canary; empty while the API server answers."""
        return self._followers[timeline.CANARY].silent

    def settle(self) -> None:
        """Waits until every watch has told what the server has now; a watch that does not is a gap."""
        for source, follower in self._followers.items():
            if follower.refused is not None:
                continue
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
        self._events.stop()


@contextmanager
def observing(observer: Observer) -> Iterator[Record]:
    """An observer for the length of a ``with`` block."""
    try:
        observer.start()
        yield observer.record
    finally:
        observer.stop()
