"""From the host through the ingress into the mesh, by Istio's Gateway and by the Gateway API's; and what is outside."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from shop import (
    BOUND,
    MARK,
    PODINFO,
    Shop,
    assert_share,
    http_route,
    istio,
    pod,
    revisions,
    service,
    to,
    virtual_service,
)

from canarylab.kube import apply
from canarylab.stack import Stack

Json = dict[str, Any]
Enter = Callable[[str], Json]
COUNT = 300


@pytest.fixture
def enter(stack: Stack) -> Iterator[Enter]:
    """Sends one request for a host through the ingress, as anybody on this machine can send it."""
    url = f"http://127.0.0.1:{stack.cluster.ports['ingress']}/version"
    with requests.Session() as session:
        yield lambda host: told(session, url, host)


def told(session: requests.Session, url: str, host: str) -> Json:
    try:
        answer = session.get(url, headers={"Host": host}, timeout=5)
    except requests.ConnectionError as error:
        return {"status": 0, "error": str(error)}
    version = json.loads(answer.text)["version"] if answer.status_code == 200 else ""
    return {"status": answer.status_code, "version": version, MARK: answer.headers.get(MARK)}


def until_marked(enter: Enter, host: str, versions: str) -> None:
    """Returns when each version was seen through the route."""
    missing, deadline = set(versions), time.monotonic() + BOUND
    while missing:
        answer = enter(host)
        assert time.monotonic() < deadline, f"{host}: never {missing}; the last: {answer}"
        if answer.get(MARK) == "on":
            missing.discard(answer["version"])
        time.sleep(0.02)


def new_ones(enter: Enter, host: str) -> int:
    """How many of the counted answers came from the revision b."""
    until_marked(enter, host, "ab")
    found = Counter((answer["status"], answer["version"]) for answer in (enter(host) for _ in range(COUNT)))
    assert set(found) == {(200, "a"), (200, "b")}
    return found[200, "b"]


def test_a_gateway_lets_the_host_in_by_weight(shop: Shop, enter: Enter) -> None:
    host = f"{shop.namespace}.example.com"
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": [host]}
    gateway = istio("Gateway", "way-in", {"selector": {"istio": "ingressgateway"}, "servers": [server]})
    weights = {"route": [to("podinfo-a", 75), to("podinfo-b", 25)]}
    shop.add(*revisions("a", "b"), gateway, virtual_service(weights, host=host, gateways=["way-in"]))
    assert_share(lambda: new_ones(enter, host), COUNT, 0.25)
    assert enter(f"not-{host}")["status"] == 404


@pytest.fixture
def gateway(shop: Shop) -> Iterator[Json]:
    """A Gateway of the class that istiod makes, served by the ingress gateway that is there, and beside its Service."""
    listener = {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}
    made = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": shop.namespace, "namespace": "istio-system"},
        "spec": {
            "gatewayClassName": "istio",
            "addresses": [{"type": "Hostname", "value": "istio-ingressgateway.istio-system.svc.cluster.local"}],
            "listeners": [{**listener, "hostname": f"{shop.namespace}.example.com"}],
        },
    }
    shop.add(made)
    yield made
    apply.delete(shop.api, [made])


def test_a_gateway_api_gateway_lets_the_host_in_by_weight(shop: Shop, enter: Enter, gateway: Json) -> None:
    host = f"{shop.namespace}.example.com"
    shop.add(*revisions("a", "b"), http_route(gateway["metadata"], hostnames=[host]))
    assert_share(lambda: new_ones(enter, host), COUNT, 0.2)


def test_a_service_entry_is_a_destination(shop: Shop) -> None:
    """What it names is no Service of the cluster: a pod, by its address."""
    host = f"legacy.{shop.namespace}.example.com"
    shop.add(pod("legacy", "ghcr.io/stefanprodan/podinfo:old", PODINFO), service("podinfo", {"app": "none"}))
    address = shop.address("legacy")
    entry = {
        "hosts": [host],
        "location": "MESH_INTERNAL",
        "resolution": "STATIC",
        "ports": [{"number": 9898, "name": "http", "protocol": "HTTP"}],
        "endpoints": [{"address": address}],
    }
    shop.add(istio("ServiceEntry", "legacy", entry), virtual_service({"route": [to(host)]}))
    answers = shop.ask("http://podinfo:9898/version", until=[{"status": 200, MARK: "on"}], count=20)
    assert {answer["version"] for answer in answers} == {"old"}
