"""The annotations of an Ingress' copy, as Flagger writes them for ingress-nginx, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.meshes.providers import nginx
from canarylab.model.canary import Canary

Json = dict[str, Any]
CASES = goldens.cases("nginx")


def copy(service: str = "web-canary", **said: str) -> Json:
    """An Ingress that leads to one Service, with annotations of ingress-nginx."""
    annotations = {f"nginx.ingress.kubernetes.io/{key.replace('_', '-')}": value for key, value in said.items()}
    backend = {"service": {"name": service, "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    meta = {"name": "way-canary", "namespace": "shop", "annotations": annotations}
    return {"metadata": meta, "spec": {"rules": [{"http": {"paths": paths}}]}}


def chosen(**said: str) -> list[tuple[Json, int]]:
    """What the header of each rule has to be, and the new revision's share of those who fit."""
    found = nginx.read(copy(canary="true", **said))
    assert found is not None
    return [
        (dict(*(one["headers"] for one in rule.matches)), rule.weights.get("web-canary", 0)) for rule in found.rules
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_translated_as_approved(case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(nginx.PROVIDER, goldens.read(case)))


def test_the_metrics_are_recorded_as_approved() -> None:
    goldens.approve(goldens.HERE / "nginx.rules.yaml", goldens.rules(nginx.PROVIDER))


@pytest.mark.parametrize(
    "item",
    [
        copy(),
        copy(canary="false", canary_weight="30"),
        copy("web", canary="true", canary_weight="30"),
        {"metadata": {"name": "x", "namespace": "shop"}, "spec": {"defaultBackend": {"service": {"name": "web"}}}},
    ],
    ids=["no annotation", "canary is off", "another service", "no rules"],
)
def test_another_ingress_says_nothing(item: Json) -> None:
    assert nginx.read(item) is None


def test_annotations_may_have_a_prefix_of_their_own() -> None:
    item = copy(canary="true", canary_weight="30")
    old = item["metadata"]["annotations"]
    item["metadata"]["annotations"] = {key.replace("nginx.ingress", "edge"): value for key, value in old.items()}
    found = nginx.read(item)
    assert found is not None
    assert dict(found.weights) == {"web-primary": 70, "web-canary": 30}


def test_a_weight_that_is_no_number_is_none() -> None:
    assert chosen(canary_weight="30%") == [({}, 0)]


def test_no_weight_is_more_than_all() -> None:
    assert chosen(canary_weight="300") == [({}, 100)]


def test_a_header_without_a_value_says_always_or_never() -> None:
    header = {"canary_by_header": "x-new", "canary_weight": "20"}
    assert chosen(**header) == [({"x-new": {"exact": "always"}}, 100), ({"x-new": {"exact": "never"}}, 0), ({}, 20)]


def test_a_value_counts_before_a_pattern() -> None:
    both = {"canary_by_header": "x-new", "canary_by_header_value": "me", "canary_by_header_pattern": "you"}
    assert chosen(**both) == [({"x-new": {"exact": "me"}}, 100), ({}, 0)]


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [("in", "insider", True), ("^in", "within", False), ("^in|out$", "timeout", True), ("^in$", "insider", False)],
)
def test_a_pattern_may_fit_anywhere(pattern: str, value: str, fits: bool) -> None:
    [(header, _), _] = chosen(canary_by_header="x-new", canary_by_header_pattern=pattern)
    assert bool(re.fullmatch(header["x-new"]["regex"], value)) == fits


@pytest.mark.parametrize(
    ("cookies", "fits"),
    [("new=always", True), ("a=b; new=always; c=d", True), ("anew=always", False), ("new=always2", False)],
)
def test_a_cookie_is_found_among_others(cookies: str, fits: bool) -> None:
    [(always, share), (never, kept), _] = chosen(canary_by_cookie="new")
    assert (bool(re.fullmatch(always["cookie"]["regex"], cookies)), share, kept) == (fits, 100, 0)
    assert re.fullmatch(never["cookie"]["regex"], "new=never")


def test_a_header_counts_before_a_cookie() -> None:
    found = chosen(canary_by_cookie="new", canary_by_header="x-new", canary_by_header_value="me")
    assert [next(iter(header), "") for header, _ in found] == ["x-new", "cookie", "cookie", ""]


def test_the_numbers_tell_the_ingress_whatever_it_is_called() -> None:
    found = nginx.read(copy(canary="true"))
    assert found is not None
    assert found.name == "nginx/way"


def test_blue_green_asks_the_applications_own_metrics() -> None:
    rounds: Json = {"stepWeight": None, "maxWeight": None, "iterations": 2}
    canary = played.by(nginx.PROVIDER, podinfo("shop").but(analysis=rounds)).canary
    assert [one["templateRef"]["name"] for one in canary["spec"]["analysis"]["metrics"]] == [
        "own-success-rate",
        "own-duration",
    ]
    assert nginx.PROVIDER.route is not None
    assert nginx.PROVIDER.route.called(Canary.parse(canary)) == "podinfo-canary"
