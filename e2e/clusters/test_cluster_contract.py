"""What every cluster gives, whatever its rung: one suite that all of them pass."""

from __future__ import annotations

import secrets
import stat

import pytest
import yaml
from foreign import context_of, namespaces

from canarylab.clusters.cluster import Cluster
from canarylab.clusters.existing.cluster import ExistingCluster
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.local.registry import owner
from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.joining import Wish, join
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.scenario import space
from canarylab.stack import Stack


def test_its_kubeconfig_names_one_cluster_and_is_its_owners_only(seen: Cluster) -> None:
    told = yaml.safe_load(seen.kubeconfig.read_text())
    assert [one["name"] for one in told["contexts"]] == [told["current-context"]]
    assert stat.S_IMODE(seen.kubeconfig.stat().st_mode) == 0o600


def test_each_client_is_a_new_one_that_is_answered(seen: Cluster) -> None:
    first, second = seen.api_client(), seen.api_client()
    assert first is not second
    assert rest.send(first, "GET", "/version")["major"] == "1"


def test_kubectl_asks_the_same_cluster(seen: Cluster, namespace: str) -> None:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "contract"}}
    seen.kubectl("create", "-n", namespace, "-f", "-", stdin=yaml.safe_dump(made))
    found = rest.send(seen.api_client(), "GET", path("v1", "configmaps", namespace, "contract"))
    assert found["metadata"]["name"] == "contract"


def test_what_kubectl_refuses_is_told_in_its_words(seen: Cluster, namespace: str) -> None:
    with pytest.raises(UsageError, match="no-such") as caught:
        seen.kubectl("get", "configmap", "no-such", "-n", namespace)
    assert seen.name in caught.value.where


def test_it_tells_its_rung_and_lives(seen: Cluster) -> None:
    assert seen.rung in seen.describe()[0]
    assert seen.failure() is None


def test_its_prometheus_answers_as_flagger_asks_or_says_that_there_is_none(seen: Cluster) -> None:
    if isinstance(seen, ExistingCluster) and seen.way is None:
        with pytest.raises(EnvironmentFault, match="no Prometheus is known"):
            _ = seen.prometheus
        return
    found = seen.prometheus.get("/api/v1/query", {"query": "vector(1)"})["data"]["result"]
    assert found[0]["value"][1] == "1"


def test_a_tests_namespace_and_our_programs_are_taken(seen: Cluster, namespace: str) -> None:
    made = seen.space("contract")
    assert (made["kind"], made["metadata"]["name"]) == ("Namespace", "contract")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"image": "web:1"}]}}
    assert seen.adapted(pod) == pod
    assert seen.unfit([pod], namespace) == ""


def test_what_is_not_there_is_an_error_and_no_traceback(seen: Cluster) -> None:
    with pytest.raises(CanarylabError):
        rest.send(seen.api_client(), "GET", path("v1", "configmaps", "no-such-namespace", "none"))


def test_the_end_of_what_is_ours_is_the_end_of_our_namespaces_alone(stack: Stack, namespace: str) -> None:
    """For a local cluster, whose end is its own, see test_lifecycle."""
    joined = join(Wish(context_of(stack.cluster), str(stack.cluster.kubeconfig)), Mark(secrets.token_hex(4), owner()))
    space.create(joined.cluster, f"{namespace}-ours")
    space.create(stack.cluster, f"{namespace}-theirs")
    joined.cluster.stop()
    assert not joined.folder.exists()
    left = namespaces(stack.cluster)
    assert f"{namespace}-theirs" in left
    assert f"{namespace}-ours" not in left
