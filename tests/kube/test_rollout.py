"""What is available, what is hopeless, and that the first failure ends the wait for all."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.errors import ComponentDied, EnvironmentFault
from canarylab.kube import rollout
from canarylab.kube.rollout import Workload

Json = dict[str, Any]
DEPLOYMENTS = "/apis/apps/v1/namespaces/here/deployments"
PODS = "/api/v1/namespaces/here/pods"


def deployment(replicas: int = 2, **status: int) -> Json:
    full = {"replicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas, "observedGeneration": 3}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}}
    meta = {"name": "web", "namespace": "here", "generation": 3}
    return {"kind": "Deployment", "metadata": meta, "spec": spec, "status": full | status}


def daemonset(wanted: int = 1, **status: int) -> Json:
    full = {"desiredNumberScheduled": wanted, "numberAvailable": wanted, "updatedNumberScheduled": wanted}
    return {"kind": "DaemonSet", "metadata": {"generation": 1}, "status": {"observedGeneration": 1, **full, **status}}


def listed(*items: Json) -> tuple[int, Json]:
    return 200, {"items": items, "metadata": {"resourceVersion": "7"}}


def waiting_pod(reason: str, restarts: int = 0) -> Json:
    state = {"waiting": {"reason": reason, "message": "why"}}
    status = {"containerStatuses": [{"name": "main", "state": state, "restartCount": restarts}]}
    return {"metadata": {"name": "web-1"}, "status": status}


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (deployment(), True),
        (deployment(0), True),
        (deployment(observedGeneration=2), False),
        (deployment(replicas=2, updatedReplicas=1), False),
        (deployment(replicas=2, availableReplicas=1), False),
        (daemonset(), True),
        (daemonset(0), False),
        (daemonset(numberAvailable=0), False),
        (daemonset(2, updatedNumberScheduled=1), False),
        (daemonset(observedGeneration=0), False),
    ],
)
def test_available_means_the_newest_revision_and_all_of_it(item: Json, wanted: bool) -> None:
    assert rollout.available(item) is wanted


def test_older_replicas_beside_the_new_ones_are_not_available_yet() -> None:
    item = deployment(2)
    item["status"]["replicas"] = 3
    assert not rollout.available(item)


@pytest.mark.parametrize(
    ("reason", "restarts", "hopeless"),
    [
        ("ErrImagePull", 0, True),
        ("ImagePullBackOff", 0, True),
        ("CreateContainerConfigError", 0, True),
        ("ContainerCreating", 0, False),
        ("CrashLoopBackOff", 1, False),
        ("CrashLoopBackOff", 4, True),
    ],
)
def test_a_pod_is_given_up_when_waiting_does_not_help(reason: str, restarts: int, hopeless: bool) -> None:
    assert rollout.trouble(waiting_pod(reason, restarts)) == (f"main: {reason}: why" if hopeless else "")


def test_an_init_container_counts_too() -> None:
    broken = waiting_pod("ErrImagePull")["status"]["containerStatuses"]
    assert rollout.trouble({"status": {"initContainerStatuses": broken}}) == "main: ErrImagePull: why"


def test_it_returns_when_the_watch_tells_of_availability(server: FaultyServer, api: client.ApiClient) -> None:
    ready = json.dumps({"type": "MODIFIED", "object": deployment()}).encode() + b"\n"
    server.on("GET", DEPLOYMENTS, listed(deployment(availableReplicas=0)), (200, ready))
    server.on("GET", PODS, listed())
    told: list[Workload] = []
    rollout.wait(api, [Workload("Deployment", "here", "web")], each=told.append)
    assert told == [Workload("Deployment", "here", "web")]
    assert server.asked[-1][2]["resourceVersion"] == "7"


def test_a_pod_that_cannot_start_ends_the_wait(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", DEPLOYMENTS, listed(deployment(availableReplicas=0)))
    server.on("GET", PODS, listed(waiting_pod("ErrImagePull")))
    with pytest.raises(EnvironmentFault, match="pod web-1 cannot start: main: ErrImagePull: why") as failed:
        rollout.wait(api, [Workload("Deployment", "here", "web")])
    assert failed.value.next_step == "kubectl logs -n here web-1"
    assert ("GET", PODS, {"labelSelector": "app=web"}, None) in server.asked


def test_the_first_failure_ends_the_wait_for_all(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", DEPLOYMENTS, listed(deployment(availableReplicas=0)))
    server.on("GET", PODS, listed(waiting_pod("ErrImagePull")))
    late = DEPLOYMENTS.replace("here", "there")
    server.on("GET", late, listed())
    began = time.monotonic()
    with pytest.raises(EnvironmentFault, match="cannot start"):
        rollout.wait(api, [Workload("Deployment", "there", "late"), Workload("Deployment", "here", "web")], bound=30)
    assert time.monotonic() - began < 10


def test_what_is_not_there_in_time_is_told(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", DEPLOYMENTS, listed())
    with pytest.raises(EnvironmentFault, match="not available in time: it does not exist") as failed:
        rollout.wait(api, [Workload("Deployment", "here", "web")], bound=0)
    assert failed.value.where == "deployment/here/web"


def test_the_death_of_the_cluster_is_told_instead_of_its_silence(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", DEPLOYMENTS, (500, {"message": "broken"}))
    told = iter([None, "etcd died (SIGKILL)"])
    api.configuration.host = "http://127.0.0.1:1"
    with pytest.raises(ComponentDied, match="etcd died"):
        rollout.wait(api, [Workload("Deployment", "here", "web")], failure=lambda: next(told, "etcd died (SIGKILL)"))
