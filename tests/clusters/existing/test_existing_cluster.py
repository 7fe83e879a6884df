"""What an existing cluster takes of an application, and when waiting for it is of no use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from faulty import FaultyServer
from kubernetes import client

from canarylab.clock import ManualClock
from canarylab.clusters.existing.cluster import ExistingCluster, Pulse, Settings
from canarylab.clusters.existing.owned import Mark
from canarylab.errors import EnvironmentFault
from canarylab.journey import Crowd, users
from canarylab.journey.application import podinfo

ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "mine"}}
ELSEWHERE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine", "namespace": "kube-system"}}


def made(api: client.ApiClient, folder: Path) -> ExistingCluster:
    kubeconfig = {
        "current-context": "x",
        "clusters": [{"name": "x", "cluster": {"server": api.configuration.host}}],
        "users": [{"name": "x", "user": {"token": "none"}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    }
    (folder / "kubeconfig").write_text(yaml.safe_dump(kubeconfig))
    return ExistingCluster("x", folder, Mark("0a0b0c0d", ""))


@pytest.fixture
def cluster(server: FaultyServer, api: client.ApiClient, tmp_path: Path) -> ExistingCluster:
    server.serves("apps/v1", ("Deployment", "deployments", True))
    server.serves("v1", ("Pod", "pods", True), ("ConfigMap", "configmaps", True))
    server.serves("rbac.authorization.k8s.io/v1", ("ClusterRole", "clusterroles", False))
    return made(api, tmp_path)


def test_an_application_of_one_namespace_is_taken(cluster: ExistingCluster) -> None:
    assert cluster.unfit(users.everything(podinfo("shop")), "shop") == ""


@pytest.mark.parametrize(
    ("item", "words"),
    [(ROLE, "clusterrole/mine belongs to the whole cluster"), (ELSEWHERE, "goes to namespace kube-system")],
)
def test_what_would_be_left_when_the_namespace_goes_is_not(
    item: dict[str, Any], words: str, cluster: ExistingCluster
) -> None:
    assert words in cluster.unfit([item], "shop")


def test_users_who_call_grpc_need_an_image_of_the_callers(cluster: ExistingCluster) -> None:
    calling = users.pod(Crowd(grpc="/a.B/C"), "shop", "web.shop:80", 60)
    assert "--client-image" in cluster.unfit([calling], "shop")
    own = ExistingCluster("x", cluster.folder, cluster.mark, Settings(image="example.org/grpc:1"))
    assert own.unfit([calling], "shop") == ""


def test_a_namespace_is_marked_and_has_what_the_mesh_wants(cluster: ExistingCluster) -> None:
    labelled = ExistingCluster("x", cluster.folder, cluster.mark, Settings({"istio-injection": "enabled"}))
    meta = labelled.space("shop")["metadata"]
    assert meta["labels"] == {"istio-injection": "enabled", **cluster.mark.labels}


def test_without_a_prometheus_there_is_no_way_to_it(cluster: ExistingCluster) -> None:
    with pytest.raises(EnvironmentFault, match="no Prometheus is known"):
        _ = cluster.prometheus


def test_an_api_server_that_does_not_answer_is_waited_for_and_then_given_up(
    server: FaultyServer, api: client.ApiClient
) -> None:
    clock = ManualClock()
    pulse = Pulse(clock)
    server.on("GET", "/version", (503, {"message": "away"}))
    assert pulse.failure(api) is None
    clock.sleep(31.0)
    assert pulse.failure(api) == "no answer for 31 s: away"
    server.on("GET", "/version", (200, {"gitVersion": "v1.37.2"}))
    clock.sleep(6.0)
    assert pulse.failure(api) is None
