"""The weights of an Ingress' copy, as Flagger writes them for Skipper, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.meshes.providers import nginx, skipper
from canarylab.model.canary import Canary

Json = dict[str, Any]
CASES = goldens.cases("skipper")


def copy(weights: str, *services: str, predicate: str = "Weight(100)") -> Json:
    """An Ingress with the weights of its Services."""
    annotations = {"zalando.org/backend-weights": weights, "zalando.org/skipper-predicate": predicate}
    paths = [{"path": "/v1", "backend": {"service": {"name": name}}} for name in services]
    meta = {"name": "the-way-canary", "namespace": "shop-1", "annotations": annotations}
    return {"metadata": meta, "spec": {"rules": [{"host": "a.example", "http": {"paths": paths}}]}}


WEIGHTS = '{"web-primary":70,"web-canary":30}'
BOTH = ("web-primary", "web-canary")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_translated_as_approved(case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(skipper.PROVIDER, goldens.read(case)))


def test_the_metrics_are_recorded_as_approved() -> None:
    goldens.approve(goldens.HERE / "skipper.rules.yaml", goldens.rules(skipper.PROVIDER))


@pytest.mark.parametrize(
    "item",
    [
        copy("{}", *BOTH),
        copy("{", *BOTH),
        copy("[1]", *BOTH),
        copy('{"web-primary":0.7,"web-canary":0.3}', *BOTH),
        copy('{"a":1,"b":2}', "a", "b"),
        copy(WEIGHTS, "web"),
    ],
    ids=["no weights", "no JSON", "no object", "no whole numbers", "other services", "weights of nobody"],
)
def test_another_ingress_says_nothing(item: Json) -> None:
    assert skipper.read(item) is None


def test_a_weight_that_is_left_out_is_none() -> None:
    found = skipper.read(copy('{"web-primary":100}', *BOTH))
    assert found is not None
    assert dict(found.weights) == {"web-primary": 100, "web-canary": 0}


def test_a_disabled_copy_leaves_users_to_the_ingress_itself() -> None:
    found = skipper.read(copy(WEIGHTS, *BOTH, predicate='False() && Weight(100) && Header("a", "b")'))
    assert found is not None
    assert dict(found.weights) == {"web-primary": 100, "web-canary": 0}
    assert found.name == "skipper-apex/kube_shop_1__the_way__a_example___v1__web"


def test_what_is_only_called_false_disables_nothing() -> None:
    assert not skipper.disabled(copy(WEIGHTS, predicate='Header("x", "False()")'))


def test_the_numbers_tell_the_route_as_skipper_calls_it() -> None:
    found = skipper.read(copy(WEIGHTS, *BOTH))
    assert found is not None
    assert found.name == "skipper/kube_shop_1__the_way_canary__a_example___v1__web"


@pytest.mark.parametrize(
    ("route", "new", "old"),
    [
        ("kube_shop_1__the_way_canary__a_example___v1__web_canary", True, False),
        ("kube_shop_1__the_way_canary__a_example___v1__web_primary", False, True),
        ("kube_shop_1__the_way__a_example___v1__web", False, True),
        ("kube_shop_1__the_way__a_example___v1__another", False, False),
    ],
)
def test_the_queries_tell_both_revisions_by_these_names(route: str, new: bool, old: bool) -> None:
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}}
    canary = Canary.parse({"metadata": {"name": "web"}, "spec": spec})
    values = {"namespace": "shop_1", "ingress": "the_way", "service": "web"}
    for workload, wanted in ((canary.target, new), (canary.primary, old)):
        query = skipper.PROVIDER.query("request-duration", canary, workload)
        for name, value in values.items():
            query = query.replace(f"{{{{ {name} }}}}", value)
        pattern = re.search(r'route=~"([^"]*)"', query)
        assert pattern is not None
        assert bool(re.fullmatch(pattern[1], route)) == wanted


def test_neither_of_both_reads_the_ingress_of_the_other() -> None:
    for case in CASES:
        assert [nginx.read(item) for item in goldens.read(case)] == [None, None]
    for case in goldens.cases("nginx"):
        assert [skipper.read(item) for item in goldens.read(case)] == [None, None]


def test_its_canary_refers_to_an_ingress() -> None:
    made = played.by(skipper.PROVIDER, podinfo("shop"))
    [item] = [one for one in made.objects if one["kind"] == "Ingress"]
    assert item["metadata"]["annotations"] == {"kubernetes.io/ingress.class": "skipper"}
    assert made.canary["spec"]["ingressRef"]["name"] == item["metadata"]["name"]
