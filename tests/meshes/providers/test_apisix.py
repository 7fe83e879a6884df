"""The copy of an ApisixRoute, as Flagger writes it, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.meshes.providers import apisix
from canarylab.model.canary import Canary

Json = dict[str, Any]
CASES = goldens.cases("apisix")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_translated_as_approved(case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(apisix.PROVIDER, goldens.read(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_taken(case: Path) -> None:
    for item in goldens.read(case):
        assert goldens.refusals(apisix.PROVIDER, item) == []


def test_what_flagger_does_not_write_is_refused() -> None:
    item = goldens.read(CASES[0])[0]
    item["spec"]["http"][0]["upstreams"] = [{"name": "podinfo"}]
    assert goldens.refusals(apisix.PROVIDER, item)


def test_the_metrics_are_recorded_as_approved() -> None:
    goldens.approve(goldens.HERE / "apisix.rules.yaml", goldens.rules(apisix.PROVIDER))


@pytest.mark.parametrize("backends", [["web"], ["web-primary"], ["web-primary", "shop-canary"], []])
def test_another_route_says_nothing(backends: list[str]) -> None:
    rule = {"name": "all", "backends": [{"serviceName": name, "weight": 1} for name in backends]}
    assert apisix.read({"metadata": {"name": "a", "namespace": "shop"}, "spec": {"http": [rule]}}) is None


def test_a_route_of_streams_says_nothing() -> None:
    assert apisix.read({"metadata": {"name": "a", "namespace": "shop"}, "spec": {"stream": []}}) is None


def test_the_numbers_tell_the_rule_as_apisix_calls_it() -> None:
    backends = [{"serviceName": f"web-{name}", "weight": 50} for name in ("primary", "canary")]
    item = {
        "metadata": {"name": "way-web-canary", "namespace": "shop"},
        "spec": {"http": [{"name": "all", "backends": backends}]},
    }
    found = apisix.read(item)
    assert found is not None
    assert found.name == "apisix/shop_way-web-canary_all"


def test_its_canary_refers_to_a_route_that_is_taken() -> None:
    made = played.by(apisix.PROVIDER, podinfo("shop"))
    [item] = [one for one in made.objects if one["kind"] == "ApisixRoute"]
    assert goldens.refusals(apisix.PROVIDER, item) == []
    assert apisix.called(Canary.parse(made.canary)) == f"{item['metadata']['name']}-podinfo-canary"
