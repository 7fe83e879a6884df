"""Waits until workloads are available, by watch, and fails early when one of their pods cannot start."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from kubernetes import client

from canarylab.errors import ComponentDied, EnvironmentFault
from canarylab.kube import rest
from canarylab.kube.apply import path

Json = dict[str, Any]

KINDS = {"Deployment": "deployments", "DaemonSet": "daemonsets"}
# What a pod does not get out of by waiting. A crash may be one that the next start mends, hence the count.
_HOPELESS = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"})
_CRASHES = 4
_GLANCE = 1


@dataclass(frozen=True)
class Workload:
    """A Deployment or DaemonSet to wait for."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}/{self.namespace}/{self.name}"


def available(item: Json) -> bool:
    """Whether a Deployment or DaemonSet runs its newest revision, as many as wanted and no older."""
    status, seen = item.get("status", {}), item.get("status", {}).get("observedGeneration", 0)
    if seen < item["metadata"].get("generation", 0):
        return False
    if item["kind"] == "DaemonSet":
        wanted = status.get("desiredNumberScheduled", 0)
        return bool(0 < wanted == status.get("numberAvailable", 0) == status.get("updatedNumberScheduled", 0))
    running = {status.get(count, 0) for count in ("replicas", "updatedReplicas", "availableReplicas")}
    return running == {item["spec"].get("replicas", 1)}


def trouble(pod: Json) -> str:
    """Why a pod will not start by itself; empty while there is hope."""
    status = pod.get("status", {})
    for one in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        waiting = one.get("state", {}).get("waiting", {})
        hopeless = waiting.get("reason") in _HOPELESS
        if hopeless or (waiting.get("reason") == "CrashLoopBackOff" and one.get("restartCount", 0) >= _CRASHES):
            return f"{one['name']}: {waiting['reason']}: {waiting.get('message', '')}"
    return ""


def wait(
    api: client.ApiClient,
    workloads: Iterable[Workload],
    *,
    bound: float = 60.0,
    failure: Callable[[], str | None] = lambda: None,
    each: Callable[[Workload], None] = lambda _workload: None,
) -> None:
    """Waits for all of them; EnvironmentFault when one is late or cannot start, or when ``failure`` tells of one.

    ``each`` is told of one as soon as it is available. The first failure ends the wait for all of them.
    """
    wanted, ended = list(workloads), threading.Event()
    deadline = time.monotonic() + bound
    with ThreadPoolExecutor(max(1, len(wanted))) as pool:
        waiting = {pool.submit(_wait, api, one, deadline, ended): one for one in wanted}
        try:
            while waiting:
                if died := failure():
                    raise ComponentDied(died, where=", ".join(map(str, waiting.values())))
                _collect(waiting, each)
        except EnvironmentFault as error:
            _blame_the_cluster(error, failure())
            raise
        finally:
            ended.set()


def _collect(waiting: dict[Future[None], Workload], each: Callable[[Workload], None]) -> None:
    """Takes out those that are done by now; raises what one of them raised."""
    done, _ = futures.wait(waiting, _GLANCE, futures.FIRST_COMPLETED)
    for one in done:
        one.result()
        each(waiting.pop(one))


def _blame_the_cluster(error: EnvironmentFault, died: str | None) -> None:
    """What ended the cluster, rather than that its API server answers no more."""
    if died and not isinstance(error, ComponentDied):
        raise ComponentDied(died, where=error.where) from error


def _wait(api: client.ApiClient, workload: Workload, deadline: float, ended: threading.Event) -> None:
    kind, where = workload.kind, path("apps/v1", KINDS[workload.kind], workload.namespace)
    only = {"fieldSelector": f"metadata.name={workload.name}"}
    while not ended.is_set():
        found = rest.send(api, "GET", where, query=only)
        items = [{"kind": kind, **item} for item in found["items"]]
        if items and available(items[0]):
            return
        _give_up(api, items, str(workload), deadline)
        for event in rest.watch(api, where, found["metadata"]["resourceVersion"], only, _GLANCE):
            if event["type"] in ("ADDED", "MODIFIED") and available({"kind": kind, **event["object"]}):
                return


def _give_up(api: client.ApiClient, items: list[Json], where: str, deadline: float) -> None:
    """Raises when waiting longer is no use."""
    for item in items:
        namespace = item["metadata"]["namespace"]
        labels = ",".join(f"{k}={v}" for k, v in item["spec"]["selector"].get("matchLabels", {}).items())
        pods = rest.send(api, "GET", path("v1", "pods", namespace), query={"labelSelector": labels})
        for pod in pods["items"]:
            if why := trouble(pod):
                name = pod["metadata"]["name"]
                advice = f"kubectl logs -n {namespace} {name}"
                raise EnvironmentFault(f"pod {name} cannot start: {why}", where=where, next_step=advice)
    if time.monotonic() > deadline:
        seen = items[0].get("status", {}) if items else "it does not exist"
        raise EnvironmentFault(f"not available in time: {seen}", where=where, next_step="kubectl describe it")
