"""What is decided depends on nothing but what there is, and one rule's fault is nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import worlds
from hypothesis import given
from hypothesis import strategies as st

from canarylab import supergloo
from canarylab.kube import manifests
from canarylab.kube.reconcile import MADE_BY

Json = dict[str, Any]

FOLDER = Path(__file__).parent / "golden"
CLUSTER = manifests.read(FOLDER / "cluster.yaml")
INPUTS = {f"{file.parent.name}/{file.name}": manifests.read(file) for file in sorted(FOLDER.glob("*/*.in.yaml"))}
SERVICES = (worlds.service("a"), worlds.service("b"))
YOUNG = "2027-01-01T00:00:00Z"


def bad(mesh: str) -> list[Json]:
    """Rules that cannot be, for a Service that others have rules for."""
    timeout = {"requestTimeout": "1s"}
    podinfo = {"upstreamSelector": {"upstreams": [{"name": "shop-podinfo-9898"}]}}
    rules = [
        worlds.rule("x-unknown", timeout, "nobody", mesh=mesh),
        worlds.rule("x-mesh", timeout, mesh="nothing", destinationSelector=podinfo),
        worlds.rule("x-empty", {}, mesh=mesh, destinationSelector=podinfo),
        worlds.rule("x-two", {**timeout, "faultInjection": {}}, mesh=mesh, destinationSelector=podinfo),
        worlds.rule("x-fault", {"faultInjection": {}}, mesh=mesh, destinationSelector=podinfo),
        worlds.rule("x-zero", worlds.shifting(), mesh=mesh, destinationSelector=podinfo),
        worlds.rule("x-selector", timeout, mesh=mesh, destinationSelector={**podinfo, "namespaceSelector": {}}),
        worlds.item("SecurityRule", "x-security", {"targetMesh": {"name": "nothing"}}, "shop"),
        worlds.item("RoutingRule", "x-nonsense", {"targetMesh": 1}, "shop"),
    ]
    return [{**one, "metadata": {**one["metadata"], "creationTimestamp": YOUNG}} for one in rules]


@given(name=st.sampled_from(sorted(INPUTS)), random=st.randoms(use_true_random=False))
def test_the_order_of_the_world_does_not_matter(name: str, random: Any) -> None:
    items = [*CLUSTER, *INPUTS[name]]
    mixed = random.sample(items, len(items))
    assert worlds.decided(*mixed) == worlds.decided(*items)


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_a_bad_rule_changes_no_object_and_no_other_status(name: str) -> None:
    items = [*CLUSTER, *INPUTS[name]]
    for one in bad(name.partition("/")[0]):
        before, after = worlds.decided(*items), worlds.decided(*items, one)
        assert after.objects == before.objects
        own = [status for item, status in after.statuses if item is one]
        assert [status["state"] for status in own] == ["Rejected"]
        assert [pair for pair in after.statuses if pair[0] is not one] == list(before.statuses)


def test_what_was_made_before_changes_nothing() -> None:
    for items in INPUTS.values():
        wanted = worlds.decided(*CLUSTER, *items)
        made = [
            {**one, "metadata": {**one["metadata"], "labels": {MADE_BY: supergloo.OWNER}, "generation": 1}}
            for one in wanted.objects
        ]
        assert worlds.decided(*CLUSTER, *items, *made).objects == wanted.objects


def test_everything_that_is_made_is_of_a_kind_that_is_declared() -> None:
    declared = {(kind.api_version, kind.kind) for kind in supergloo.MADE}
    made = {
        (one["apiVersion"], one["kind"])
        for items in INPUTS.values()
        for one in worlds.decided(*CLUSTER, *items).objects
    }
    assert made == declared


def test_kinds_are_called_differently() -> None:
    names = [kind.name for kind in supergloo.WATCHED]
    assert len(set(names)) == len(names)
    assert set(supergloo.MADE) <= set(supergloo.WATCHED)


def test_objects_without_a_spec_stop_nobody() -> None:
    bare = [
        {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "bare", "namespace": "shop"}}
        for kind in supergloo.WATCHED
        if kind.kind not in ("Service", "Deployment", "DaemonSet", "StatefulSet", "Canary", "APIService")
    ]
    rule = worlds.rule("slow", {"requestTimeout": "3s"})
    split = [one for one in bare if one["kind"] == "TrafficSplit"]
    split[0]["metadata"] = {**split[0]["metadata"], "annotations": {"supergloo.solo.io/mesh": "istio"}}
    states = worlds.states(worlds.decided(worlds.mesh(), *SERVICES, rule, *bare))
    assert states["routingrule/shop/slow"][0] == "Accepted"
    assert states["trafficsplit/shop/bare"][0] == states["routingrule/shop/bare"][0] == "Rejected"


def test_an_empty_cluster_wants_nothing() -> None:
    assert supergloo.decide({}) == supergloo.Wanted()


def test_a_status_names_the_generation_that_it_is_about() -> None:
    rule = worlds.rule("slow", {"requestTimeout": "3s"})
    rule["metadata"]["generation"] = 7
    status = {item["metadata"]["name"]: said for item, said in worlds.decided(worlds.mesh(), *SERVICES, rule).statuses}
    assert status["slow"] == {
        "state": "Accepted",
        "reason": "compiled for a.shop in istio.supergloo-system",
        "observedGeneration": 7,
        "conditions": [
            {
                "type": kind,
                "status": "True",
                "reason": reason,
                "message": "compiled for a.shop in istio.supergloo-system",
                "observedGeneration": 7,
            }
            for kind, reason in (("Accepted", "Accepted"), ("Enforced", "Compiled"))
        ],
    }


def served(*names: str) -> list[Json]:
    """What the API server serves."""
    return [
        {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": name}, "spec": {}}
        for name in names
    ]


def test_a_mesh_whose_kinds_are_not_served_gets_no_objects() -> None:
    rule = worlds.rule("slow", {"requestTimeout": "3s"})
    wanted = worlds.decided(worlds.mesh(), *SERVICES, rule, *served("v1."))
    assert worlds.states(wanted) == {
        "mesh/supergloo-system/istio": ("Warning", "the cluster does not serve networking.istio.io/v1"),
        "routingrule/shop/slow": (
            "Rejected",
            "the cluster does not serve networking.istio.io/v1, so Istio is not there",
        ),
    }
    assert {one["kind"] for one in wanted.objects} == {"Upstream"}


def test_a_mesh_whose_kinds_are_served_gets_them() -> None:
    rule = worlds.rule("slow", {"requestTimeout": "3s"})
    wanted = worlds.decided(worlds.mesh(), *SERVICES, rule, *served("v1.networking.istio.io"))
    assert worlds.states(wanted)["routingrule/shop/slow"][0] == "Accepted"


def test_a_rule_for_what_is_not_there_yet_is_told_so() -> None:
    nowhere = {"namespaceSelector": {"namespaces": ["later"]}}
    rule = worlds.rule("later", {"requestTimeout": "3s"}, destinationSelector=nowhere)
    states = worlds.states(worlds.decided(worlds.mesh(), *SERVICES, rule))
    assert states["routingrule/shop/later"] == (
        "Warning",
        "destinationSelector selects no Service that speaks HTTP yet",
    )


def test_services_are_selected_by_the_labels_of_their_pods() -> None:
    labelled = {"labelSelector": {"labelsToMatch": {"app": "b"}}}
    rule = worlds.rule("labelled", {"requestTimeout": "3s"}, destinationSelector=labelled)
    made = worlds.made(worlds.decided(worlds.mesh(), *SERVICES, rule), "VirtualService")
    assert [one["spec"]["hosts"] for one in made] == [["b.shop.svc.cluster.local"]]


@pytest.mark.parametrize(
    ("provider", "state"),
    [
        ("istio", "Rejected"),
        ("kuma", "Rejected"),
        ("smi:v1alpha2", "Accepted"),
        ("kubernetes", "Accepted"),
        ("", "Accepted"),
    ],
)
def test_a_service_is_flaggers_as_soon_as_a_canary_has_a_provider_with_routes(provider: str, state: str) -> None:
    canary = {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": {"name": "a", "namespace": "shop"},
        "spec": {"provider": provider, "targetRef": {"name": "a"}, "service": {"port": 80}},
    }
    wanted = worlds.decided(worlds.mesh(), *SERVICES, worlds.rule("slow", {"requestTimeout": "3s"}), canary)
    assert worlds.states(wanted)["routingrule/shop/slow"][0] == state


def test_a_rule_of_two_meshes_of_one_kind_is_compiled_once() -> None:
    group = worlds.item("MeshGroup", "both", {"meshes": [{"name": "istio"}, {"name": "other"}]})
    rule = worlds.rule("slow", {"requestTimeout": "3s"}, mesh="both")
    wanted = worlds.decided(worlds.mesh(), worlds.mesh("other", istio={}), group, *SERVICES, rule)
    assert len(worlds.made(wanted, "VirtualService")) == 1
    assert worlds.states(wanted)["routingrule/shop/slow"][1] == (
        "compiled for a.shop in istio.supergloo-system and other.supergloo-system"
    )


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({}, "is refused: spec: it is empty; say one of istio, linkerd, awsAppMesh, consul"),
        (
            {"istio": {}, "consul": {}},
            "is refused: spec: istio and consul exclude each other; say one of istio, linkerd, awsAppMesh, consul",
        ),
    ],
)
def test_a_mesh_is_of_one_type(spec: Json, why: str) -> None:
    states = worlds.states(worlds.decided(worlds.item("Mesh", "istio", spec)))
    assert states == {"mesh/supergloo-system/istio": ("Rejected", f"mesh istio.supergloo-system {why}")}


def test_an_ingress_leads_into_meshes_that_are_there() -> None:
    into = [worlds.item("MeshIngress", name, {"gloo": {}, "meshes": [{"name": name}]}) for name in ("istio", "isto")]
    nothing = worlds.item("MeshIngress", "nothing", {})
    states = worlds.states(worlds.decided(worlds.mesh(), *into, nothing))
    assert {name.rpartition("/")[2]: said for name, said in states.items() if "ingress" in name} == {
        "istio": ("Accepted", "valid"),
        "isto": ("Rejected", "there is no mesh in namespace supergloo-system called isto, did you mean istio?"),
        "nothing": ("Rejected", "spec: it is empty; say one of gloo"),
    }
