"""Istio, Flagger and the load tester by ``helm install`` of their own charts: rollouts, dashboards, errors, the end.

All tests of this file share one cluster; the last takes away what helm has installed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canarylab import helm
from canarylab import stack as stacks
from canarylab.clusters.cluster import Cluster
from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.helm import charts, dashboards
from canarylab.journey import Application, Change, Journey
from canarylab.journey.application import BROWSERS, CALLERS, Crowd
from canarylab.stack import Stack

pytestmark = [pytest.mark.nightly, pytest.mark.cluster("local")]

Json = dict[str, Any]

RELEASES = {
    "istio-base": ("istio-system", "base-1.0.0"),
    "istiod": ("istio-system", "istiod-1.0.0"),
    "istio-ingressgateway": ("istio-system", "gateway-1.0.0"),
    "flagger": ("istio-system", "flagger-1.44.0"),
    "flagger-loadtester": ("test", "loadtester-0.38.0"),
}
OWNER = "meta.helm.sh/release-name"  # an annotation that helm gives to whatever it installs
# What Flagger's dashboard for Istio asks that has no answer here: cAdvisor's numbers of containers, and what a sidecar
# tells as the caller. The first are on any cluster whose Prometheus scrapes the kubelets.
UNANSWERED = {"container_cpu_usage_seconds_total", "container_memory_working_set_bytes"}
UNANSWERED |= {"container_network_receive_bytes_total", "container_network_transmit_bytes_total"}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack whose mesh and Flagger are releases of helm."""
    with stacks.running(f"helm-{os.getpid()}", installer=stacks.HELM) as up:
        yield up


@pytest.fixture
def crowds() -> tuple[Crowd, ...]:
    return (CALLERS,)


@pytest.fixture
def app(short: Application, crowds: tuple[Crowd, ...]) -> Application:
    return replace(short, crowds=crowds)


def test_helm_lists_every_release_as_deployed(cluster: Cluster) -> None:
    found = {one.name: (one.namespace, one.chart) for one in helm.listed(cluster.kubeconfig)}
    assert found == RELEASES
    assert {one.status for one in helm.listed(cluster.kubeconfig)} == {"deployed"}


def test_what_runs_is_what_the_charts_install(cluster: Cluster) -> None:
    told = json.loads(cluster.kubectl("get", "deployments", "-A", "-o", "json"))["items"]
    of_helm = {item["metadata"]["name"] for item in told if OWNER in item["metadata"].get("annotations", {})}
    assert of_helm == {"istiod", "istio-ingressgateway", "flagger", "flagger-loadtester"}


def test_a_good_revision_is_promoted_and_the_dashboard_shows_it(canary: Journey, cluster: Cluster) -> None:
    began = time.time()
    canary.ship(Change(tag="6.9.1")).assert_promoted()
    asked = _provisioned(cluster, "istio.json", canary.canary.namespace)
    assert not [one for one in asked if one.unfilled]
    window = {"start": str(began), "end": str(time.time()), "step": "5"}
    found = dashboards.answered(
        asked, lambda text: cluster.prometheus.get("/api/v1/query_range", {"query": text, **window})
    )
    empty = [one for one, answers in found.items() if not answers]
    print("\n".join(f"{'value' if answers else 'empty'}  {one.panel}: {one.text}" for one, answers in found.items()))
    assert {metric for one in empty for metric in one.metrics if metric.startswith("container_")} == UNANSWERED
    assert all(_of_a_sidecar(one.text) for one in empty if not UNANSWERED.issuperset(one.metrics))


def _provisioned(cluster: Cluster, name: str, namespace: str) -> list[dashboards.Query]:
    """The queries of a dashboard, read from where Flagger's chart of Grafana has provisioned it."""
    made = helm.install(
        cluster.kubeconfig, "grafana", "grafana", "monitoring", [charts.pinned()["grafana"].settings], pulls=False
    )
    files = [item["data"] for item in made.objects if item["kind"] == "ConfigMap" and name in item["data"]]
    helm.uninstall(cluster.kubeconfig, "grafana", "monitoring")
    variables = {"namespace": namespace, "primary": "podinfo-primary", "canary": "podinfo"}
    return dashboards.queries(json.loads(files[0][name]), variables)


def _of_a_sidecar(text: str) -> bool:
    return 'connection_security_policy="mutual_tls"' in text or 'reporter="source"' in text


@pytest.mark.parametrize("crowds", [pytest.param((BROWSERS,), id="browsers")])
def test_a_bad_revision_is_rolled_back(canary: Journey) -> None:
    canary.ship(Change(tag="6.9.1", arguments=("--ui-path=/nowhere",))).assert_rolled_back("Canary failed!")


def refused(cluster: Cluster, chart: str, release: str, *settings: str) -> CanarylabError:
    with pytest.raises(CanarylabError) as told:
        helm.install(cluster.kubeconfig, chart, release, "elsewhere", settings=settings, pulls=False)
    print(told.value)
    return told.value


def test_a_value_that_the_api_server_refuses_is_told_as_wrong_usage(cluster: Cluster) -> None:
    error = refused(cluster, "loadtester", "many", "replicaCount=many")
    assert isinstance(error, UsageError)
    assert "spec.replicas" in error.what
    assert helm.uninstall(cluster.kubeconfig, "many", "elsewhere") == ()


def test_a_value_that_the_chart_refuses_is_told_as_wrong_usage(cluster: Cluster) -> None:
    error = refused(cluster, "istio-base", "nonsense", "profile=nonsense")
    assert isinstance(error, UsageError)
    assert "unknown profile nonsense" in error.what


def test_a_name_that_is_in_use_is_told_with_what_to_do(cluster: Cluster) -> None:
    with pytest.raises(UsageError, match="still in use") as told:
        helm.install(cluster.kubeconfig, "flagger", "flagger", "istio-system")
    assert "helm uninstall" in told.value.next_step


def test_an_image_that_nothing_stands_behind_ends_the_wait_at_once(cluster: Cluster) -> None:
    began = time.monotonic()
    error = refused(cluster, "loadtester", "imageless", "image.repository=example.org/none")
    assert time.monotonic() - began < 60  # its objects say that it may take 120
    assert isinstance(error, EnvironmentFault)
    assert "no program stands behind the image" in error.what
    helm.uninstall(cluster.kubeconfig, "imageless", "elsewhere")


def test_podinfo_runs_by_its_own_chart(cluster: Cluster) -> None:
    values: list[Path] = [charts.pinned()["podinfo"].settings]
    made = helm.install(cluster.kubeconfig, "podinfo", "podinfo", "elsewhere", values, pulls=False)
    assert made.chart == "podinfo-6.9.2"
    assert helm.uninstall(cluster.kubeconfig, "podinfo", "elsewhere") == ()


def test_uninstalling_removes_all_but_the_definitions_that_charts_keep(cluster: Cluster) -> None:
    kept = [
        name
        for release in reversed(list(RELEASES))
        for name in helm.uninstall(cluster.kubeconfig, release, RELEASES[release][0])
    ]
    assert helm.listed(cluster.kubeconfig) == []
    assert sorted(_owned(cluster)) == sorted(f"CustomResourceDefinition {name}" for name in kept)
    assert all(name.endswith(".istio.io") for name in kept)


def _owned(cluster: Cluster) -> list[str]:
    """Whatever is there that helm has installed, by kind and name."""
    kinds = cluster.kubectl("api-resources", "--verbs=list", "-o", "name").split()
    told = json.loads(cluster.kubectl("get", ",".join(kinds), "-A", "-o", "json"))["items"]
    owned = [item for item in told if OWNER in item["metadata"].get("annotations", {})]
    return [f"{item['kind']} {item['metadata']['name']}" for item in owned]
