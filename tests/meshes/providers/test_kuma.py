"""Kuma's TrafficRoutes, as Flagger writes them, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.meshes import translation
from canarylab.meshes.providers import kuma
from canarylab.model.canary import Canary

Json = dict[str, Any]
CASES = goldens.cases("kuma")


def named(value: str) -> Json:
    """A TrafficRoute whose destination is that."""
    conf = {"split": [{"weight": 1, "destination": {"kuma.io/service": "web_shop_svc_80"}}]}
    destinations = [{"match": {"kuma.io/service": value}}]
    return {"metadata": {"name": "web"}, "spec": {"destinations": destinations, "conf": conf}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_translated_as_approved(case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(kuma.PROVIDER, goldens.read(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_taken(case: Path) -> None:
    [item] = goldens.read(case)
    assert goldens.refusals(kuma.PROVIDER, item) == []


def test_what_flagger_does_not_write_is_refused() -> None:
    [item] = goldens.read(CASES[0])
    item["spec"]["conf"]["loadBalancer"] = {"roundRobin": {}}
    assert goldens.refusals(kuma.PROVIDER, item)


def test_the_metrics_are_recorded_as_approved() -> None:
    goldens.approve(goldens.HERE / "kuma.rules.yaml", goldens.rules(kuma.PROVIDER))


@pytest.mark.parametrize("destination", ["*", "outside", "external_service_of_80"])
def test_a_route_that_is_about_no_service_of_the_cluster_says_nothing(destination: str) -> None:
    assert kuma.read(named(destination)) is None


def test_the_namespace_is_that_of_the_destination() -> None:
    found = kuma.read(named("web_shop_svc_80"))
    assert found is not None
    assert (found.service, found.namespace, dict(found.weights)) == ("web", "shop", {"web": 1})


@pytest.mark.parametrize(("spaces", "count"), [(["shop"], 1), (["other"], 0), ([], 0)])
def test_a_route_that_outlived_its_namespace_is_not_translated(spaces: list[str], count: int) -> None:
    [item] = goldens.read(CASES[0])
    there = [{"metadata": {"name": name}} for name in spaces]
    assert len(translation.decide([kuma.PROVIDER], {"TrafficRoute": [item], "Namespace": there}).objects) == count


def test_a_namespace_that_ends_is_no_place_any_more() -> None:
    [item] = goldens.read(CASES[0])
    ending = {"metadata": {"name": "shop", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    assert not translation.decide([kuma.PROVIDER], {"TrafficRoute": [item], "Namespace": [ending]}).objects


def test_each_service_says_that_it_speaks_http() -> None:
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}}
    made = kuma.over_http(Canary.parse({"metadata": {"name": "c"}, "spec": spec})).spec["service"]
    protocol = {"annotations": {"80.service.kuma.io/protocol": "http"}}
    assert made == {"apex": protocol, "primary": protocol, "canary": protocol}
