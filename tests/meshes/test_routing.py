"""Routings: which weights are in force, and the VirtualService that is made of one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.meshes import routing
from canarylab.meshes.routing import Routing, Rule

Json = dict[str, Any]
STAYED, NEW, OLD = {"web-canary": 100}, {"web-primary": 70, "web-canary": 30}, {"web-primary": 100}
INSIDERS: Json = {"headers": {"x-canary": {"exact": "insider"}}}

weights = st.dictionaries(st.sampled_from(["web", "web-primary", "web-canary"]), st.integers(0, 100), min_size=1)


def made(*rules: Rule, name: str = "") -> Json:
    return routing.virtual_service(Routing("web", "shop", rules, name), "owner")


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], {}),
        ([OLD], OLD),
        ([NEW, OLD], NEW),  # an A/B test: who does not match stands last
        ([STAYED, OLD, NEW], NEW),  # session affinity: who stays stands first
        ([OLD, {"other": 1}], OLD),
    ],
)
def test_the_weights_are_those_of_the_users_whom_the_route_is_about(rules: list[Json], found: Json) -> None:
    assert Routing("web", "shop", tuple(map(Rule, rules))).weights == found


@given(weights)
def test_no_share_is_lost_and_none_is_nothing(shares: dict[str, int]) -> None:
    [rule] = made(Rule(shares))["spec"]["http"]
    told = {one["destination"]["host"].partition(".")[0]: one["weight"] for one in rule["route"]}
    assert told == {to: weight for to, weight in shares.items() if weight or len(shares) == 1}


def test_hosts_are_services_of_the_namespace() -> None:
    item = made(Rule(OLD))
    assert item["metadata"] == {"name": "owner-web", "namespace": "shop"}
    assert item["spec"]["hosts"] == ["web.shop.svc.cluster.local"]
    assert item["spec"]["http"][0]["route"][0]["destination"] == {"host": "web-primary.shop.svc.cluster.local"}


def test_rules_keep_their_order_matches_and_copies() -> None:
    first, last = made(Rule(NEW, (INSIDERS,), mirror=("web-canary", 20)), Rule(OLD))["spec"]["http"]
    assert first["match"] == [INSIDERS]
    assert first["mirror"] == {"host": "web-canary.shop.svc.cluster.local"}
    assert first["mirrorPercentage"] == {"value": 20}
    assert set(last) == {"route"}


def test_a_destination_may_be_another_than_the_service_of_its_name() -> None:
    further = {"web-canary": {"port": {"number": 81}}, "b/v1": {"host": "b.next.svc.cluster.local", "subset": "v1"}}
    [rule] = made(Rule({"web-canary": 1, "b/v1": 2}, destinations=further, treated={"timeout": "1s"}))["spec"]["http"]
    assert [one["destination"] for one in rule["route"]] == [
        {"host": "web-canary.shop.svc.cluster.local", "port": {"number": 81}},
        {"host": "b.next.svc.cluster.local", "subset": "v1"},
    ]
    assert rule["timeout"] == "1s"


def test_subsets_become_a_destination_rule() -> None:
    subset = {"name": "v1", "labels": {"version": "v1"}}
    item = routing.destination_rule(Routing("web", "shop", subsets=(subset,)), "owner")
    assert item["metadata"] == {"name": "owner-web", "namespace": "shop"}
    assert item["spec"] == {"host": "web.shop.svc.cluster.local", "subsets": [subset]}


def test_a_routing_that_has_a_name_tells_it_in_each_rule() -> None:
    assert [rule["name"] for rule in made(Rule(NEW), Rule(OLD), name="gloo/web")["spec"]["http"]] == ["gloo/web"] * 2


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([], {}),
        ([("a", {"exact": "1"})], {"headers": {"a": {"exact": "1"}}}),
        ([("a", {"exact": "1"}), ("b", {})], {"headers": {"a": {"exact": "1"}, "b": {}}}),
        ([("a", {"exact": "1"}), ("a", {"exact": "1"})], {"headers": {"a": {"exact": "1"}}}),
    ],
)
def test_all_conditions_on_headers_have_to_hold(conditions: list[tuple[str, Json]], found: Json) -> None:
    assert routing.headers(conditions) == found


def test_two_conditions_on_one_header_hold_for_nobody() -> None:
    never = {"a": {"exact": "1"}}
    assert routing.headers([("a", {"exact": "1"}), ("a", {"exact": "2"})]) == {
        "headers": never,
        "withoutHeaders": never,
    }
