"""One RoutingRule over four meshes: the same intent gives the same split of real traffic, whatever it is compiled into.

Before a rule is in effect the Service has the revision ``old`` alone, so that an answer tells whether it is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from shop import BOUND, Shop, assert_share, revisions, service

from canarylab.clusters.cluster import Cluster
from canarylab.kube import apply, rest

pytestmark = [pytest.mark.nightly, pytest.mark.mesh("appmesh:v1beta2,consul")]

Json = dict[str, Any]

COUNT, AT_ONCE = 1000, 250
SOON = 2.0  # seconds within which a status says what is wrong
SYSTEM, GROUP = "supergloo-system", "supergloo.solo.io/v1"
URL = "http://podinfo:9898/version"
SPECS: Json = {
    "istio": {"istio": {}},
    "linkerd": {"linkerd": {}},
    "appmesh": {"awsAppMesh": {"region": "eu-central-1"}},
    "consul": {"consul": {}},
}
ROUTES = {
    "istio": ("networking.istio.io/v1", "virtualservices", "supergloo-podinfo"),
    "linkerd": ("gateway.networking.k8s.io/v1", "httproutes", "supergloo-podinfo-9898"),
    "appmesh": ("appmesh.k8s.aws/v1beta2", "virtualrouters", "podinfo"),
    "consul": ("consul.hashicorp.com/v1alpha1", "servicesplitters", "podinfo"),
}
TRANSLATED = ("appmesh", "consul")
ABORT = {"faultInjection": {"percentage": 30, "abort": {"httpStatus": 418}}}
DELAY = {"faultInjection": {"percentage": 10, "delay": {"fixedDelay": "200ms"}}}


class Ruled:
    """The shop of a test, and what SuperGloo says of its rules."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.api = shop, shop.api

    def rule(self, name: str, mesh: str, policy: Json) -> Json:
        asked = {"upstreamSelector": {"upstreams": [self.upstream("podinfo")]}}
        target = {"name": mesh, "namespace": SYSTEM}
        return item("RoutingRule", name, {"targetMesh": target, "destinationSelector": asked, "spec": policy})

    def shift(self, **weights: int) -> Json:
        shares = [
            {"destination": {"upstream": self.upstream(f"podinfo-{version}")}, "weight": weight}
            for version, weight in weights.items()
        ]
        return {"trafficShifting": {"destinations": {"destinations": shares}}}

    def upstream(self, name: str) -> Json:
        return {"name": f"{self.shop.namespace}-{name}-9898", "namespace": SYSTEM}

    def status(self, plural: str, name: str, state: str) -> Json:
        """The status of an object as soon as it has this state."""
        where, deadline = apply.path(GROUP, plural, self.shop.namespace, name), time.monotonic() + BOUND
        while (found := rest.send(self.api, "GET", where).get("status", {})).get("state") != state:
            assert time.monotonic() < deadline, found
            time.sleep(0.02)
        return dict(found)

    def accepted(self, *rules: Json) -> None:
        self.shop.add(*rules)
        for one in rules:
            self.status("routingrules", one["metadata"]["name"], "Accepted")

    def made(self, mesh: str) -> set[str]:
        """The route objects of a mesh in the namespace, by name."""
        version, plural, _ = ROUTES[mesh]
        found = rest.send(self.api, "GET", apply.path(version, plural, self.shop.namespace))["items"]
        return {f"{one['metadata']['name']} {one['metadata']['resourceVersion']}" for one in found}

    def names(self, mesh: str) -> set[str]:
        return {one.partition(" ")[0] for one in self.made(mesh)}

    def answers(self, *until: Json) -> list[Json]:
        """The answers to so many requests, as soon as each of these was seen."""
        orders = (self.shop.ask(URL, until=until, count=AT_ONCE) for _ in range(COUNT // AT_ONCE))
        return [answer for told in orders for answer in told]

    def assert_split(self, share: float) -> None:
        """The revision b has its share of the answers, and a the rest."""

        def new_ones() -> int:
            found = Counter(one["version"] for one in self.answers({"version": "a"}, {"version": "b"}))
            assert set(found) == {"a", "b"}
            return found["b"]

        assert_share(new_ones, COUNT, share)


def item(kind: str, name: str, spec: Json) -> Json:
    return {"apiVersion": GROUP, "kind": kind, "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def ruled(cluster: Cluster, shop: Shop) -> Ruled:
    """Three revisions of which the Service has the first, in a cluster with the four meshes."""
    apply.apply(cluster.api_client(), [item("Mesh", name, spec) for name, spec in SPECS.items()], namespace=SYSTEM)
    *others, _ = revisions("old", "a", "b")
    shop.add(*others, service("podinfo", {"app": "podinfo", "version": "old"}))
    shop.seen(URL, {"status": 200, "version": "old"})
    return Ruled(shop)


@pytest.mark.parametrize("mesh", SPECS)
def test_the_same_rule_splits_real_traffic_alike(ruled: Ruled, mesh: str) -> None:
    ruled.accepted(ruled.rule("split", mesh, ruled.shift(a=3, b=1)))
    ruled.assert_split(0.25)
    translated = {"mesh-translator-podinfo"} if mesh in TRANSLATED else set()
    assert ruled.names("istio") == translated | ({"supergloo-podinfo"} if mesh == "istio" else set())
    assert {one for one in SPECS if one != "istio" and ruled.names(one)} == {mesh} - {"istio"}


@pytest.mark.parametrize("mesh", SPECS)
def test_a_rule_for_some_requests_moves_these_alone(ruled: Ruled, mesh: str) -> None:
    insiders = ruled.rule("insiders", mesh, ruled.shift(b=1))
    insiders["spec"]["requestMatchers"] = [{"headers": [{"name": "x-insider", "value": "true"}], "methods": ["GET"]}]
    ruled.accepted(ruled.rule("everyone", mesh, ruled.shift(a=1)), insiders)
    inside, outside = (
        ruled.shop.ask(URL, until=[{"version": version}], count=40, headers=headers)
        for version, headers in (("b", {"x-insider": "true"}), ("a", {}))
    )
    assert {answer["version"] for answer in inside} == {"b"}
    assert {answer["version"] for answer in outside} == {"a"}


@pytest.mark.parametrize("mesh", ["istio", "consul"])
def test_subsets_of_one_service_are_destinations(ruled: Ruled, mesh: str) -> None:
    ruled.shop.add(service("all", {"app": "podinfo"}))
    policy = ruled.shift(a=3, b=1)
    for share, version in zip(policy["trafficShifting"]["destinations"]["destinations"], "ab", strict=True):
        share["destination"] = {"upstream": ruled.upstream("all"), "subset": {"values": {"version": version}}}
    ruled.accepted(ruled.rule("split", mesh, policy))
    ruled.assert_split(0.25)


def test_faults_are_injected_at_their_rates_where_the_mesh_has_them(ruled: Ruled) -> None:
    ruled.accepted(ruled.rule("abort", "istio", ABORT), ruled.rule("delay", "istio", DELAY))

    def counted(hit: Callable[[Json], bool]) -> int:
        return sum(map(hit, ruled.answers({"status": 418}, {"status": 200})))

    assert_share(lambda: counted(lambda answer: answer["status"] == 418), COUNT, 0.3)
    assert_share(lambda: counted(lambda answer: answer["seconds"] >= 0.2), COUNT, 0.1)


@pytest.mark.parametrize(("mesh", "title"), [("linkerd", "Linkerd"), ("appmesh", "App Mesh"), ("consul", "Consul")])
def test_faults_are_refused_where_the_mesh_has_none(ruled: Ruled, mesh: str, title: str) -> None:
    ruled.shop.add(ruled.rule("abort", mesh, ABORT), ruled.rule("delay", mesh, DELAY))
    reasons = {ruled.status("routingrules", name, "Rejected")["reason"] for name in ("abort", "delay")}
    assert reasons == {f"{title} has no fault injection"}
    assert {answer["version"] for answer in ruled.shop.ask(URL, count=40)} == {"old"}


def test_a_rule_for_a_group_holds_in_each_of_its_meshes(ruled: Ruled) -> None:
    """Both meshes route the one Service; when one of them leaves the group the other carries the traffic alone."""

    def group(*members: str) -> Json:
        return item("MeshGroup", "both", {"meshes": [{"name": one, "namespace": SYSTEM} for one in members]})

    rule = ruled.rule("split", "both", ruled.shift(a=3, b=1))
    rule["spec"]["targetMesh"]["namespace"] = ruled.shop.namespace
    ruled.shop.add(group("istio", "consul"))
    ruled.accepted(rule)
    assert ruled.names("istio") >= {"supergloo-podinfo"}
    assert ruled.names("consul") == {"podinfo"}
    ruled.assert_split(0.25)
    ruled.shop.add(group("consul"))
    until(lambda: "supergloo-podinfo" not in ruled.names("istio"))
    ruled.assert_split(0.25)
    ruled.shop.add(group("istio"))
    until(lambda: not ruled.names("consul") and "mesh-translator-podinfo" not in ruled.names("istio"))
    ruled.assert_split(0.25)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BOUND
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_wrong_is_told_soon_and_touches_nothing(
    ruled: Ruled, record_property: Callable[[str, object], None]
) -> None:
    ruled.accepted(ruled.rule("split", "istio", ruled.shift(a=1)))
    ruled.shop.seen(URL, {"version": "a"})
    before = {mesh: ruled.made(mesh) for mesh in SPECS}
    for name, plural, wrong, reason in wrongs(ruled):
        began = time.monotonic()
        ruled.shop.add(wrong)
        assert ruled.status(plural, name, "Rejected")["reason"].startswith(reason)
        took = time.monotonic() - began
        record_property(f"seconds until {name} is told", round(took, 2))
        assert took <= SOON, name
    assert {mesh: ruled.made(mesh) for mesh in SPECS} == before
    assert {answer["version"] for answer in ruled.shop.ask(URL, count=40)} == {"a"}
    ruled.status("routingrules", "split", "Accepted")


def wrongs(ruled: Ruled) -> Iterator[tuple[str, str, Json, str]]:
    """Objects that cannot be: the name, the plural, the object, and how the reason begins."""
    old = {"mesh": {"istioMesh": {"istioVersion": "1.0.6"}}}
    shift = ruled.shift(b=1)
    yield "upstream", "routingrules", ruled.rule("upstream", "istio", ruled.shift(nobody=1)), "there is no upstream"
    yield "weights", "routingrules", ruled.rule("weights", "istio", ruled.shift(a=0, b=0)), "the weights make 0"
    yield "mesh", "routingrules", ruled.rule("mesh", "nothing", shift), "there is no mesh"
    yield "old", "installs", item("Install", "old", old), "there is no Istio 1.0.6 here"
