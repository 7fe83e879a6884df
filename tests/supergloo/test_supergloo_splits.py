"""TrafficSplits are rules of the mesh that is named for them."""

from __future__ import annotations

from typing import Any

import pytest
import worlds

Json = dict[str, Any]

NAMED = "supergloo.solo.io/mesh"
OWNED = [{"apiVersion": "flagger.app/v1beta1", "kind": "Canary", "name": "a", "uid": "1"}]


def split(version: str = "v1alpha2", weights: tuple[Any, Any] = (90, 10), **meta: Any) -> Json:
    """The one that Flagger writes for a canary."""
    backends = [{"service": name, "weight": weight} for name, weight in zip(("b", "c"), weights, strict=True)]
    return {
        "apiVersion": f"split.smi-spec.io/{version}",
        "kind": "TrafficSplit",
        "metadata": {"name": "a", "namespace": "shop", **meta},
        "spec": {"service": "a", "backends": backends},
    }


def decided(*items: Json, smi: bool = False) -> tuple[list[tuple[str, int]], dict[str, tuple[str, str]]]:
    """The weights by host, and the statuses."""
    services = [worlds.service(name) for name in "abc"]
    wanted = worlds.decided(worlds.mesh(istio={}, smiEnabled=smi), *services, *items)
    made = worlds.made(wanted, "VirtualService")
    routes = [one for item in made for one in item["spec"]["http"][0]["route"]]
    return [(one["destination"]["host"][0], one["weight"]) for one in routes], worlds.states(wanted)


def canary(**annotations: str) -> Json:
    meta = {"name": "a", "namespace": "shop", "annotations": annotations}
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": meta,
        "spec": {"provider": "smi:v1alpha1"},
    }


def namespace(**annotations: str) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "annotations": annotations}}


@pytest.mark.parametrize(
    ("version", "weights"), [("v1alpha1", ("90", "10")), ("v1alpha2", (90, 10)), ("v1alpha3", (90, 10))]
)
def test_each_version_is_taken(version: str, weights: tuple[Any, Any]) -> None:
    split_weights, states = decided(split(version, weights), smi=True)
    assert split_weights == [("b", 90), ("c", 10)]
    assert states["trafficsplit/shop/a"][0] == "Accepted"


def test_a_weight_of_0_stands_there() -> None:
    assert decided(split(weights=(100, 0)), smi=True)[0] == [("b", 100), ("c", 0)]


@pytest.mark.parametrize(
    "items",
    [
        [split(annotations={NAMED: "istio"})],
        [split(ownerReferences=OWNED), canary(**{NAMED: "istio.supergloo-system"})],
        [split(), namespace(**{NAMED: "istio.supergloo-system"})],
        [split(annotations={NAMED: "istio"}), namespace(**{NAMED: "none"})],
    ],
)
def test_the_mesh_is_named_by_the_split_its_canary_or_its_namespace(items: list[Json]) -> None:
    assert decided(*items)[0] == [("b", 90), ("c", 10)]


def test_one_that_names_no_mesh_is_nobodys_business_where_none_takes_all() -> None:
    weights, states = decided(split())
    assert (weights, "trafficsplit/shop/a" in states) == ([], False)


def test_one_that_says_none_is_nobodys_business() -> None:
    assert decided(split(annotations={NAMED: "none"}), smi=True)[0] == []


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (split(annotations={NAMED: "isto"}), "called isto, did you mean istio?"),
        (split(weights=("many", 1)), "the weight 'many' is no whole number"),
        (split(weights=(0, 0)), "the weights make 0 together"),
        (
            {**split(), "spec": {"service": "a", "backends": [{"service": "b"}]}},
            "spec.backends.0.weight: Field required",
        ),
        ({**split(), "spec": {**split()["spec"], "service": "d"}}, "no Service in namespace shop called d"),
        ({**split(), "spec": {**split()["spec"], "matches": [{"name": "x"}]}}, "HTTPRouteGroups are not taken"),
    ],
)
def test_a_wrong_one_is_refused(item: Json, why: str) -> None:
    state, reason = decided(item, smi=True)[1]["trafficsplit/shop/a"]
    assert state == "Rejected"
    assert why in reason


def test_a_host_is_read_as_its_service() -> None:
    item = split()
    item["spec"]["service"] = "a.shop.svc.cluster.local"
    assert decided(item, smi=True)[1]["trafficsplit/shop/a"][0] == "Accepted"
