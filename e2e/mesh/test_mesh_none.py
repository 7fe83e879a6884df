"""Without a mesh a ClusterIP answers as kube-proxy would have it: spread over its endpoints, and as these change.

A connection stays with the pod that it was made to, so whoever wants to meet several makes a new one each time.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from backends import SHOUT
from shop import BOUND, PODINFO, Shop, pod, revision, revisions, service

from canarylab.clusters.local import processes, registry
from canarylab.kube import apply
from canarylab.stack import Stack

Json = dict[str, Any]

pytestmark = pytest.mark.mesh("none")
URL = "http://podinfo:9898/version"
ANEW = {"Connection": "close"}
BOTH = [{"status": 200, "version": version} for version in "ab"]


def versions(shop: Shop, count: int = 40) -> set[str]:
    """Who answered, each time over a connection of its own."""
    answers = shop.ask(URL, count=count, headers=ANEW)
    assert {answer["status"] for answer in answers} == {200}
    return {answer["version"] for answer in answers}


def test_a_service_answers_by_name(shop: Shop) -> None:
    shop.add(*revisions("a", "b"))
    shop.ask(URL, until=BOTH, headers=ANEW)
    assert versions(shop) == {"a", "b"}


def test_a_service_follows_its_endpoints(shop: Shop) -> None:
    shop.add(*revisions("a", "b"))
    shop.seen(URL, {"status": 200, "version": "b"}, headers=ANEW)
    apply.delete(shop.api, [revision("b")], namespace=shop.namespace)
    shop.seen("http://podinfo-b:9898/version", {"status": 0})
    assert versions(shop) == {"a"}


def test_a_service_without_endpoints_refuses_connections(shop: Shop) -> None:
    shop.add(service("podinfo", {"app": "nobody"}))
    refused = {"status": 0, "error": "ConnectionRefusedError: [Errno 111] Connection refused"}
    shop.seen(URL, refused)


def test_a_connection_stays_where_it_was_made_to(shop: Shop) -> None:
    shop.add(*revisions("a", "b"))
    shop.ask(URL, until=BOTH, headers=ANEW)
    assert len({answer["version"] for answer in shop.ask(URL, count=40)}) == 1


def test_a_client_may_be_kept_at_one_pod_and_let_go_again(shop: Shop) -> None:
    shop.add(*revisions("a", "b"))
    shop.ask(URL, until=BOTH, headers=ANEW)
    sticky = service("podinfo", {"app": "podinfo"})
    sticky["spec"]["sessionAffinity"] = "ClientIP"
    shop.add(sticky)
    deadline = time.monotonic() + BOUND
    while len(found := versions(shop)) > 1:
        assert time.monotonic() < deadline, found
    sticky["spec"]["sessionAffinity"] = "None"
    shop.add(sticky)
    shop.ask(URL, until=BOTH, headers=ANEW)


def test_a_named_target_port_is_each_pods_own(shop: Shop) -> None:
    shop.add(named_port("a", 9898), named_port("b", 9797))
    named = service("podinfo", {"app": "podinfo"})
    named["spec"]["ports"][0]["targetPort"] = "web"
    shop.add(named)
    shop.ask(URL, until=BOTH, headers=ANEW)


def named_port(version: str, number: int) -> Json:
    item = revision(version)
    [container] = item["spec"]["containers"]
    container["command"] = [*PODINFO, f"--port={number}", "--port-metrics=9000"]
    container["ports"] = [{"name": "web", "containerPort": number}]
    return item


def test_pods_that_are_not_ready_are_asked_only_if_the_service_says_so(shop: Shop) -> None:
    item = revision("a")
    item["spec"]["containers"][0]["readinessProbe"] = {"tcpSocket": {"port": 1}, "periodSeconds": 1}
    early = service("early", {"app": "podinfo"})
    early["spec"]["publishNotReadyAddresses"] = True
    shop.add(item, early, service("podinfo", {"app": "podinfo"}))
    shop.seen("http://early:9898/version", {"status": 200})
    shop.seen(URL, {"status": 0})


def test_bytes_pass_as_they_are(shop: Shop) -> None:
    shop.add(
        pod("shout", "python:3.11", ["python3", "-c", SHOUT], app="shout"),
        service("shout", {"app": "shout"}, port=7000, port_name="http"),
    )
    assert shop.exchange("shout", 7000, "no http\r\n\r\n") == "NO HTTP\r\n\r\n"


def test_no_control_plane_of_a_mesh_runs(stack: Stack) -> None:
    outer = registry.find(stack.cluster.name).process()
    assert outer is not None
    programs = {processes.name(pid) for pid in processes.below(outer)}
    assert "envoy" in programs
    assert "pilot-discovery" not in programs
