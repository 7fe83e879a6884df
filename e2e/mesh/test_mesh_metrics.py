"""Prometheus holds what Flagger asks for, under the workload that answered; bad routes are refused by istiod itself."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from typing import Any

import pytest
from shop import BOUND, MARK, PODINFO, Shop, service, to, virtual_service

from canarylab.errors import UsageError
from canarylab.flagger import queries
from canarylab.meshes import providers
from canarylab.meshes.queries import DURATION, RATE
from canarylab.stack import Stack

Json = dict[str, Any]


def query(stack: Stack, text: str) -> list[Json]:
    """Asks Prometheus, from the host."""
    url = f"http://127.0.0.1:{stack.cluster.ports['prometheus']}/api/v1/query?"
    with urllib.request.urlopen(url + urllib.parse.urlencode({"query": text}), timeout=10) as answer:  # noqa: S310
        result: list[Json] = json.load(answer)["data"]["result"]
    return result


def value(stack: Stack, shop: Shop, metric: str) -> float:
    """What Flagger would read of the Deployment engine, as soon as there is something."""
    template, deadline = providers.queries("istio")[metric], time.monotonic() + BOUND
    asked = queries.render(template, {"namespace": shop.namespace, "target": "engine", "interval": "1m"})
    while not (found := query(stack, asked)) or found[0]["value"][1] == "NaN":
        assert time.monotonic() < deadline, f"no values found: {asked}"
        shop.ask("http://front:9898/version", count=5)
    return float(found[0]["value"][1])


@pytest.fixture
def engine(shop: Shop) -> Shop:
    """A Deployment behind a Service of another name."""
    container = {"name": "main", "image": "ghcr.io/stefanprodan/podinfo:1.0", "command": PODINFO}
    labels = {"app": "motor"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "engine"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    shop.add(deployment, service("front", labels))
    shop.seen("http://front:9898/version", {"status": 200})
    return shop


def test_the_queries_of_flagger_give_values(engine: Shop, stack: Stack) -> None:
    assert value(stack, engine, RATE) == 100
    assert 0 < value(stack, engine, DURATION) < 60_000


def test_failures_lower_the_success_rate(engine: Shop, stack: Stack) -> None:
    value(stack, engine, RATE)
    deadline = time.monotonic() + BOUND
    while value(stack, engine, RATE) == 100:
        assert time.monotonic() < deadline
        engine.ask("http://front:9898/status/500", until=[], count=20)


def test_the_workload_is_the_owner_of_the_pods_not_the_service(engine: Shop, stack: Stack) -> None:
    value(stack, engine, RATE)
    namespace = f'destination_workload_namespace="{engine.namespace}"'
    series = [one["metric"] for one in query(stack, f"istio_requests_total{{{namespace}}}")]
    assert {one["destination_workload"] for one in series} == {"engine"}
    assert {one["destination_service_name"] for one in series} == {"front"}
    assert {one["destination_service_namespace"] for one in series} == {engine.namespace}
    assert {one["destination_app"] for one in series} == {"motor"}
    assert {one["destination_port"] for one in series} == {"9898"}


def test_the_rule_that_was_taken_is_told_by_its_name(engine: Shop, stack: Stack) -> None:
    engine.add(virtual_service({"name": "edge/the-way", "route": [to("front")]}, host="front", mark="named"))
    engine.seen("http://front:9898/version", {MARK: "named"})
    asked, deadline = 'count(istio_requests_total{route="edge/the-way"})', time.monotonic() + BOUND
    while not query(stack, asked):
        assert time.monotonic() < deadline
        engine.ask("http://front:9898/version", count=5)


def test_istiod_refuses_a_weight_below_nothing(shop: Shop) -> None:
    bad = virtual_service({"route": [to("a", -5), to("b", 105)]})
    with pytest.raises(UsageError, match=r'admission webhook ".*validation.*istio\.io" denied the request.*weight'):
        shop.add(bad)


def test_a_refused_route_changes_nothing(engine: Shop) -> None:
    engine.add(virtual_service({"route": [to("front")]}, host="front", mark="good"))
    engine.seen("http://front:9898/version", {MARK: "good"})
    with pytest.raises(UsageError, match="denied the request"):
        engine.add(virtual_service({"route": [to("front", -5)]}, host="front", mark="bad"))
    answers = engine.ask("http://front:9898/version", count=20)
    assert {answer["headers"][MARK] for answer in answers} == {"good"}


def test_flagger_reaches_its_metrics(stack: Stack) -> None:
    assert_connected(stack, "istio")


@pytest.mark.mesh("none")
def test_flagger_reaches_its_metrics_without_a_mesh(stack: Stack) -> None:
    assert_connected(stack, "kubernetes")


def assert_connected(stack: Stack, provider: str) -> None:
    """Flagger's own account of its start."""
    log, deadline = "", time.monotonic() + BOUND
    while "Connected to metrics server" not in log:
        assert time.monotonic() < deadline, f"Flagger is not connected; its log: {log}"
        log = stack.cluster.kubectl("logs", "-n", stack.mesh.namespace, "deploy/flagger")
    assert f"mesh provider {provider}" in log
