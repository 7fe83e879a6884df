"""SuperGloo on a cluster of its own: it brings a mesh, has rules take effect in it, and takes it away again.

The tests are one story, in the order in which they stand.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from shop import Shop, assert_share, revisions

from canarylab import stack
from canarylab.clusters.local import processes, registry
from canarylab.kube import apply, rest
from canarylab.stack import Stack

Json = dict[str, Any]

BOUND = 60.0
SOON = 2.0  # seconds within which a status says what is wrong
COUNT = 300
SYSTEM = "supergloo-system"
PODINFO = f"{SYSTEM}.shop-podinfo-9898"
URL = "http://podinfo:9898/version"
ISTIO, NOTHING, TO = (f"--target-mesh {SYSTEM}.istio", f"--target-mesh {SYSTEM}.nothing", f"--destination {PODINFO}")
RULE = f"{ISTIO} --dest-upstreams {PODINFO}"
SHIFT = f"apply routingrule trafficshifting {RULE}"


class Cluster:
    """A cluster with SuperGloo, and its command line."""

    def __init__(self, up: Stack) -> None:
        self.up, self.api = up, up.cluster.api_client()

    def supergloo(self, line: str) -> str:
        config = {**os.environ, "KUBECONFIG": str(self.up.cluster.kubeconfig)}
        command = [sys.executable, "-m", "canarylab.supergloo", *line.split()]
        done = subprocess.run(command, env=config, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def programs(self) -> set[str]:
        """Every program that runs in the cluster."""
        outer = registry.find(self.up.cluster.name).process()
        assert outer is not None
        return {processes.name(pid) for pid in processes.below(outer)}

    def status(self, plural: str, name: str, *states: str) -> Json:
        """An object as soon as its status has one of these states."""
        where, deadline = apply.path("supergloo.solo.io/v1", plural, SYSTEM, name), time.monotonic() + BOUND
        while (item := rest.send(self.api, "GET", where)).get("status", {}).get("state") not in states:
            assert time.monotonic() < deadline, item.get("status")
            time.sleep(0.05)
        return item


def latency(item: Json) -> float:
    """From an object's creation to its status, in seconds by the API server's own clock, which counts whole ones."""
    [written] = [one["time"] for one in item["metadata"]["managedFields"] if one.get("subresource") == "status"]
    began, told = (datetime.fromisoformat(one) for one in (item["metadata"]["creationTimestamp"], written))
    return (told - began).total_seconds()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with stack.running(f"supergloo-{os.getpid()}", mesh="supergloo") as up:
        found = Cluster(up)
        found.supergloo("init")
        up.cluster.kubectl("rollout", "status", "-n", SYSTEM, "deployment/supergloo", "--timeout=60s")
        yield found


@pytest.fixture(scope="module")
def shop(cluster: Cluster) -> Shop:
    """Two revisions of podinfo, and a client."""
    opened = Shop(cluster.api, "shop")
    cluster.up.cluster.kubectl("create", "namespace", "shop")
    opened.open()
    opened.add(*revisions("a", "b"))
    opened.seen(URL, {"status": 200})
    return opened


def test_at_first_no_mesh_runs_and_services_answer(cluster: Cluster, shop: Shop) -> None:
    assert {"envoy", "canarylab.supergloo.controller"} <= cluster.programs()
    assert "pilot-discovery" not in cluster.programs()
    assert "server" not in shop.ask(URL)[0]["headers"]


def test_a_version_that_there_is_not_is_told_with_the_one_that_there_is(cluster: Cluster) -> None:
    cluster.supergloo("install istio --name old --version=1.0.6")
    item = cluster.status("installs", "old", "Rejected")
    assert item["status"]["reason"] == "there is no Istio 1.0.6 here; there is 1.31-dev"
    assert latency(item) <= SOON
    assert "pilot-discovery" not in cluster.programs()


def test_an_install_brings_the_mesh_and_the_mesh_takes_every_service_over(cluster: Cluster, shop: Shop) -> None:
    cluster.supergloo("install istio --name istio --prometheus=true")
    cluster.status("installs", "istio", "Accepted")
    assert {"pilot-discovery", "prometheus"} <= cluster.programs()
    assert "istio" in cluster.supergloo("get meshes")
    shop.seen(URL, {"status": 200, "server": "envoy"}, headers={"Connection": "close"})


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("mesh", f"{NOTHING} --dest-upstreams {PODINFO} {TO}:1", "there is no mesh"),
        ("upstream", f"{ISTIO} --dest-upstreams {SYSTEM}.x {TO}:1", "there is no upstream x"),
        ("weights", f"{RULE} {TO}:0", "the weights make 0 together: nobody would answer"),
    ],
)
def test_an_impossible_rule_is_told_soon_and_changes_nothing(
    cluster: Cluster, shop: Shop, name: str, options: str, reason: str
) -> None:
    cluster.supergloo(f"apply routingrule trafficshifting --name {name} {options}")
    item = cluster.status("routingrules", name, "Rejected")
    assert item["status"]["reason"].startswith(reason)
    assert latency(item) <= SOON
    assert {answer["version"] for answer in shop.ask(URL, count=40)} == {"a", "b"}


def test_a_rule_splits_real_traffic_by_its_weights(cluster: Cluster, shop: Shop) -> None:
    to = f"--destination {SYSTEM}.shop-podinfo"
    cluster.supergloo(f"{SHIFT} --name split {to}-a-9898:3 {to}-b-9898:1")
    cluster.status("routingrules", "split", "Accepted")

    def new_ones() -> int:
        answers = shop.ask(URL, until=[{"version": one} for one in "ab"], count=COUNT)
        return Counter(answer["version"] for answer in answers)["b"]

    assert_share(new_ones, COUNT, 0.25)


def test_another_rule_for_the_same_service_holds_beside_it(cluster: Cluster, shop: Shop) -> None:
    fault = "apply routingrule faultinjection abort http --status 418 --percent 50"
    cluster.supergloo(f"{fault} --name teapot {RULE}")
    cluster.status("routingrules", "teapot", "Accepted")
    shop.seen(URL, {"status": 418})
    assert_share(lambda: Counter(answer["status"] for answer in shop.ask(URL, count=COUNT))[418], COUNT, 0.5)


def test_a_rule_that_goes_has_no_effect_any_more(cluster: Cluster, shop: Shop) -> None:
    cluster.up.cluster.kubectl("delete", "routingrule", "-n", SYSTEM, "teapot", "split")
    deadline = time.monotonic() + BOUND
    while Counter(answer["status"] for answer in shop.ask(URL, count=40))[418]:
        assert time.monotonic() < deadline
    assert "virtualservice" not in cluster.up.cluster.kubectl("get", "virtualservices", "-n", "shop", "-o", "name")


def test_uninstalled_the_mesh_is_gone_and_services_answer_as_before(cluster: Cluster, shop: Shop) -> None:
    cluster.supergloo("uninstall --name istio")
    deadline = time.monotonic() + BOUND
    while {"pilot-discovery", "prometheus"} & cluster.programs():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert cluster.status("installs", "istio", "Accepted")["status"]["reason"] == "not installed"
    [answer] = shop.ask(URL)
    assert (answer["status"], "server" in answer["headers"]) == (200, False)
    assert "istio" not in cluster.supergloo("get meshes")
