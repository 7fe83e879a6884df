"""Gloo's RouteTables, as Flagger writes them, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.meshes.providers import gloo

Json = dict[str, Any]
CASES = goldens.cases("gloo")


def table(*, upstream: str = "shop-web-canaryupstream-80", **matcher: Any) -> Json:
    """A RouteTable with one destination."""
    route: Json = {"routeAction": {"multi": {"destinations": [{"destination": {"upstream": {"name": upstream}}}]}}}
    if matcher:
        route["matchers"] = [matcher]
    return {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"routes": [route]}}


def matches(**matcher: Any) -> list[Json]:
    found = gloo.read(table(**matcher))
    assert found is not None
    return list(found.rules[0].matches)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_translated_as_approved(case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(gloo.PROVIDER, goldens.read(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_taken(case: Path) -> None:
    objects = goldens.read(case)
    assert [goldens.refusals(gloo.PROVIDER, one) for one in objects] == [[]] * len(objects)


def test_what_flagger_does_not_write_is_refused() -> None:
    item = goldens.routes(gloo.PROVIDER, goldens.read(CASES[0]))[0]
    item["spec"]["routes"][0]["directResponseAction"] = {"status": 404}
    assert goldens.refusals(gloo.PROVIDER, item)


def test_the_metrics_are_recorded_as_approved() -> None:
    goldens.approve(goldens.HERE / "gloo.rules.yaml", goldens.rules(gloo.PROVIDER))


@pytest.mark.parametrize("upstream", ["shop-web-80", "shop-other-canaryupstream-80", "shop-web-canaryupstream-80-x"])
def test_a_table_with_an_upstream_of_another_hand_says_nothing(upstream: str) -> None:
    assert gloo.read(table(upstream=upstream)) is None


def test_who_matches_no_route_of_the_table_goes_to_the_primary() -> None:
    found = gloo.read(table(headers=[{"name": "x-a", "value": "1"}]))
    assert found is not None
    assert [dict(rule.weights) for rule in found.rules] == [{"web-canary": 0}, {"web-primary": 100}]
    assert not found.rules[1].matches


def test_headers_of_a_matcher_have_to_match_together_and_its_methods_are_alternatives() -> None:
    headers = [{"name": "x-a", "value": "1"}, {"name": "x-b", "value": ".*2", "regex": True}]
    wanted = {"headers": {"x-a": {"exact": "1"}, "x-b": {"regex": ".*2"}}, "method": {"regex": "GET|POST"}}
    assert matches(headers=headers, methods=["GET", "POST"]) == [wanted]


def test_a_header_without_a_value_has_to_be_there() -> None:
    assert matches(headers=[{"name": "x-a"}]) == [{"headers": {"x-a": {}}}]
