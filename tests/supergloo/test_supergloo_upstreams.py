"""Services are found as upstreams, beside those that somebody else has written."""

from __future__ import annotations

from typing import Any

import worlds

from canarylab import supergloo
from canarylab.kube.reconcile import MADE_BY

Json = dict[str, Any]


def made(*items: Json) -> dict[str, Json]:
    return {one["metadata"]["name"]: one for one in worlds.made(worlds.decided(*items), "Upstream")}


def written(name: str, namespace: str = "shop", **kube: Any) -> Json:
    spec = {"kube": {"serviceName": "a", "serviceNamespace": "shop", "servicePort": 80, **kube}}
    return worlds.item("Upstream", name, spec, namespace)


def told(*items: Json) -> dict[str, tuple[str, str]]:
    """The statuses of upstreams."""
    statuses = worlds.decided(*items).statuses
    return {one["metadata"]["name"]: (said["state"], said["reason"]) for one, said in statuses}


def test_each_port_of_a_service_is_an_upstream() -> None:
    found = made(worlds.service("a", "shop", 80, 9000), worlds.service("b", "till"))
    assert set(found) == {"shop-a-80", "shop-a-9000", "till-b-80"}
    assert found["shop-a-9000"]["metadata"]["namespace"] == "supergloo-system"
    assert found["shop-a-9000"]["spec"] == {
        "kube": {"serviceName": "a", "serviceNamespace": "shop", "servicePort": 9000, "selector": {"app": "a"}}
    }


def test_services_without_pods_of_their_own_and_ports_of_udp_are_none() -> None:
    udp = worlds.service("dns", ports=[{"port": 53, "protocol": "UDP"}, {"port": 53, "name": "tcp"}])
    assert set(made(worlds.service("names", selector={}), udp)) == {"shop-dns-53"}


def test_one_that_somebody_wrote_is_left_as_it_is() -> None:
    theirs = written("shop-a-80", supergloo.NAMESPACE, selector={"app": "a", "version": "2"})
    assert made(worlds.service("a"), theirs) == {}


def test_one_whose_service_is_gone_is_wanted_no_more_and_has_no_status() -> None:
    old = written("shop-a-80", supergloo.NAMESPACE)
    old["metadata"]["labels"] = {MADE_BY: supergloo.OWNER}
    assert made(old) == {}
    assert told(old) == {}


def test_an_upstream_without_its_service_or_port_is_refused() -> None:
    said = told(
        worlds.service("a"), written("wrong", serviceName="b"), written("port", servicePort=81), written("good")
    )
    assert said == {
        "good": ("Accepted", "valid"),
        "port": ("Rejected", "Service a.shop has no TCP port 81, but 80"),
        "wrong": ("Rejected", "there is no Service in namespace shop called b"),
    }


def test_a_rule_for_an_upstream_in_another_namespace_is_told_where_it_is() -> None:
    away = {"upstreamSelector": {"upstreams": [{"name": "shop-a-80", "namespace": "shop"}]}}
    rule = worlds.rule("slow", {"requestTimeout": "1s"}, destinationSelector=away)
    states = worlds.states(worlds.decided(worlds.mesh(), worlds.service("a"), rule))
    assert states["routingrule/shop/slow"] == (
        "Rejected",
        "there is no upstream shop-a-80 in namespace shop, but in supergloo-system",
    )


def test_a_rule_is_for_a_whole_service() -> None:
    some = {"upstreamSelector": {"upstreams": [{"name": "some", "namespace": "shop"}]}}
    rule = worlds.rule("slow", {"requestTimeout": "1s"}, destinationSelector=some)
    subset = written("some", selector={"app": "a", "version": "2"})
    states = worlds.states(worlds.decided(worlds.mesh(), worlds.service("a"), subset, rule))
    assert states["routingrule/shop/slow"] == (
        "Rejected",
        "upstream some is a subset of a.shop: a rule is for a whole Service",
    )


def test_of_two_services_of_one_upstreams_name_the_first_has_it() -> None:
    found = made(worlds.service("b-c", "a"), worlds.service("c", "a-b"))
    assert [one["spec"]["kube"]["serviceNamespace"] for one in found.values()] == ["a"]
