"""A pod reaches a Service by each of its names, with no proxy setting, and never another one of the same name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from backends import SHOUT
from shop import MARK, Shop, pod, revision, revisions, service, to, virtual_service

from canarylab.kube import apply

OK = {"status": 200}


@pytest.fixture
def neighbour(shop: Shop) -> Iterator[str]:
    """A second namespace, with a Service of the same name."""
    name = f"{shop.namespace[:50]}-other"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    shop.add(space)
    shop.add(revision("b"), service("podinfo", {"app": "podinfo"}), namespace=name)
    yield name
    apply.delete(shop.api, [space])


def test_every_name_of_a_service_leads_to_it(shop: Shop) -> None:
    shop.add(*revisions("a"))
    for name in ("podinfo", f"podinfo.{shop.namespace}", f"podinfo.{shop.namespace}.svc",
                 f"podinfo.{shop.namespace}.svc.cluster.local"):  # fmt: skip
        [answer] = shop.ask(f"http://{name}:9898/version", until=[OK])
        assert (answer["status"], answer["version"]) == (200, "a"), name


def test_one_name_in_two_namespaces_is_not_confused(shop: Shop, neighbour: str) -> None:
    shop.add(*revisions("a"), virtual_service({"route": [to("podinfo")]}))
    near = shop.ask("http://podinfo:9898/version", until=[{**OK, MARK: "on"}], count=20)
    far = shop.ask(f"http://podinfo.{neighbour}:9898/version", until=[OK], count=20)
    assert {(answer["version"], answer["headers"].get(MARK)) for answer in near} == {("a", "on")}
    assert {(answer["version"], answer["headers"].get(MARK)) for answer in far} == {("b", None)}


def test_the_host_header_chooses_nothing(shop: Shop, neighbour: str) -> None:
    shop.add(*revisions("a"))
    shop.seen(f"http://podinfo.{neighbour}:9898/version", OK)
    [answer] = shop.ask(
        "http://podinfo:9898/version", until=[OK], headers={"Host": f"podinfo.{neighbour}.svc.cluster.local"}
    )
    assert answer["version"] == "a"


def test_a_tcp_service_passes_bytes_as_they_are(shop: Shop) -> None:
    shop.add(
        pod("shout", "python:3.11", ["python3", "-c", SHOUT], app="shout"),
        service("shout", {"app": "shout"}, port=7000, port_name="tcp-shout"),
    )
    assert shop.exchange("shout", 7000, "no http\r\n\r\n") == "NO HTTP\r\n\r\n"


def test_an_unnamed_port_is_tcp_or_http_as_it_turns_out(shop: Shop) -> None:
    mixed = service("mixed", {"app": "podinfo"})
    mixed["spec"]["ports"] = [{"port": 9898}]
    shop.add(revision("a"), mixed, virtual_service({"route": [to("mixed")]}, host="mixed"))
    [answer] = shop.ask("http://mixed:9898/version", until=[{**OK, MARK: "on"}])
    assert answer["version"] == "a"


def test_a_service_that_goes_is_no_longer_answered(shop: Shop) -> None:
    shop.add(*revisions("a"))
    shop.seen("http://podinfo:9898/version", OK)
    apply.delete(shop.api, [service("podinfo", {})], namespace=shop.namespace)
    shop.seen("http://podinfo:9898/version", {"status": 0})
    assert shop.ask("http://podinfo-a:9898/version")[0]["version"] == "a"
