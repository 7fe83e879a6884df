"""Follows Flux's two objects of one application, and tells the record what Flux has fetched and applied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from canarylab.clusters.cluster import Cluster
from canarylab.gitops import seen
from canarylab.gitops.seen import State
from canarylab.gitops.settings import KUSTOMIZE, NAME, SOURCE
from canarylab.kube.apply import path
from canarylab.model.timeline import APPLIED, FETCHED, Gap, Synced
from canarylab.observe.follow import Follower, Place
from canarylab.observe.record import Record

Json = dict[str, Any]

_READ = (
    (FETCHED, SOURCE, "gitrepositories", seen.repository),
    (APPLIED, KUSTOMIZE, "kustomizations", seen.kustomization),
)


class Following:
    """The watches of one application; each state becomes an event once."""

    def __init__(self, cluster: Cluster, namespace: str, record: Record) -> None:
        self._record = record
        self._last: dict[str, State] = {}
        self._followers = [
            Follower(
                cluster.api_client(),
                Place(path(version, plural, namespace), NAME),
                partial(self._told, source, read),
                partial(self._missed, source),
            )
            for source, version, plural, read in _READ
        ]
        for follower in self._followers:
            follower.start()

    def _told(self, source: str, read: Callable[[Json], State | None], item: Json) -> None:
        state = read(item)
        if state is not None and state != self._last.get(source):
            self._last[source] = state
            self._record.append(Synced, source, **vars(state))

    def _missed(self, source: str, why: str) -> None:
        self._record.append(Gap, source, why=why)

    def stop(self) -> None:
        """Ends the watches."""
        for follower in self._followers:
            follower.stop()
