"""Weights of an Istio VirtualService and of a Gateway API route split traffic as they say."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from shop import MARK, Shop, assert_share, http_route, istio, revisions, to, virtual_service

Json = dict[str, Any]
COUNT = 400
URL = "http://podinfo:9898/version"


def new_ones(shop: Shop) -> int:
    """How many of the counted answers came from the revision b; all are answers of the route."""
    seen = [{"status": 200, "version": version, MARK: "on"} for version in "ab"]
    answers = shop.ask(URL, until=seen, count=COUNT)
    assert {(answer["status"], answer["headers"].get(MARK)) for answer in answers} == {(200, "on")}
    return Counter(answer["version"] for answer in answers)["b"]


@pytest.mark.parametrize("weight", [10, 50])
def test_a_virtual_service_splits_by_weight(shop: Shop, weight: int) -> None:
    weights = {"route": [to("podinfo-a", 100 - weight), to("podinfo-b", weight)]}
    shop.add(*revisions("a", "b"), virtual_service(weights))
    assert_share(lambda: new_ones(shop), COUNT, weight / 100)


def test_a_weight_of_nothing_gets_nothing(shop: Shop) -> None:
    shop.add(*revisions("a", "b"), virtual_service({"route": [to("podinfo-a", 100), to("podinfo-b", 0)]}))
    answers = shop.ask(URL, until=[{"status": 200, MARK: "on"}], count=COUNT)
    assert Counter(answer["version"] for answer in answers) == {"a": COUNT}


def test_subsets_of_a_destination_rule_split_by_weight(shop: Shop) -> None:
    subsets = [{"name": f"rev-{version}", "labels": {"version": version}} for version in "ab"]
    rule = istio("DestinationRule", "podinfo", {"host": "podinfo", "subsets": subsets})
    weights = {"route": [to("podinfo", 70, subset="rev-a"), to("podinfo", 30, subset="rev-b")]}
    shop.add(*revisions("a", "b"), rule, virtual_service(weights))
    assert_share(lambda: new_ones(shop), COUNT, 0.3)


def test_a_gateway_api_route_of_a_service_splits_by_weight(shop: Shop) -> None:
    shop.add(*revisions("a", "b"), http_route({"group": "", "kind": "Service", "name": "podinfo", "port": 9898}))
    assert_share(lambda: new_ones(shop), COUNT, 0.2)
