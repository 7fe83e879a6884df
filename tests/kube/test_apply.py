"""Objects go in an order that the server can take, again while it may take them; refusals are told together."""

from __future__ import annotations

from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.clock import ManualClock
from canarylab.errors import CanarylabError, UsageError
from canarylab.kube import apply

Json = dict[str, Any]
MAPS = "/api/v1/namespaces/here/configmaps"
WIDGETS = "/apis/example.com/v1/namespaces/here/widgets"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OK = (200, {})


def thing(kind: str, name: str = "one", api_version: str = "v1") -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}


def definition() -> Json:
    names = {"kind": "Widget", "plural": "widgets"}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [{"name": "v1", "served": True}]}
    return {**thing("CustomResourceDefinition", "widgets.example.com", "apiextensions.k8s.io/v1"), "spec": spec}


@pytest.fixture
def maps(server: FaultyServer) -> FaultyServer:
    server.serves("v1", ("ConfigMap", "configmaps", True), ("Namespace", "namespaces", False))
    return server


@pytest.mark.parametrize(
    ("kind", "turn"),
    [("Namespace", 0), ("ConfigMap", 1), ("Service", 2), ("Deployment", 3), ("Pod", 3),
     ("CustomResourceDefinition", 4), ("Widget", 6)],
)  # fmt: skip
def test_pods_start_after_what_they_read_while_definitions_and_what_they_define_are_sent(kind: str, turn: int) -> None:
    assert apply._turn(thing(kind), {"Widget"}) == turn


def test_namespaces_are_there_before_anything_else_is_sent(maps: FaultyServer, api: client.ApiClient) -> None:
    maps.on("PATCH", "/api/v1/namespaces/here", OK)
    maps.on("PATCH", f"{MAPS}/one", OK)
    apply.apply(api, [thing("ConfigMap"), thing("Namespace", "here")], namespace="here")
    assert maps.paths("PATCH") == ["/api/v1/namespaces/here", f"{MAPS}/one"]


def test_an_object_is_applied_as_its_only_owner(maps: FaultyServer, api: client.ApiClient) -> None:
    maps.on("PATCH", f"{MAPS}/one", OK)
    apply.apply(api, [thing("ConfigMap")], namespace="here")
    _, _, query, body = maps.asked[-1]
    assert query == {"fieldManager": "canarylab", "force": "true"}
    assert body["metadata"] == {"name": "one", "namespace": "here"}


@pytest.fixture
def widgets(server: FaultyServer) -> FaultyServer:
    server.serves("apiextensions.k8s.io/v1", ("CustomResourceDefinition", "customresourcedefinitions", False))
    server.on("PATCH", f"{DEFINITIONS}/widgets.example.com", OK)
    server.on("PATCH", f"{WIDGETS}/one", OK)
    server.on("GET", "/apis/example.com/v1/widgets", OK)
    return server


def test_a_definition_of_the_same_call_saves_asking_for_its_kind(widgets: FaultyServer, api: client.ApiClient) -> None:
    apply.apply(api, [thing("Widget", api_version="example.com/v1"), definition()], namespace="here")
    assert "/apis/example.com/v1" not in widgets.paths("GET")
    assert f"{WIDGETS}/one" in widgets.paths("PATCH")


def test_a_new_kind_is_asked_for_until_it_is_served(widgets: FaultyServer, api: client.ApiClient) -> None:
    not_yet = [(404, {"message": "404 page not found"}), (429, {"message": "storage is (re)initializing"})]
    widgets.on("GET", "/apis/example.com/v1/widgets", *not_yet, OK)
    apply.apply_each(api, [(definition(), "")], clock=ManualClock())
    assert widgets.paths("GET").count("/apis/example.com/v1/widgets") == 3


def test_the_server_is_asked_once_for_the_kinds_of_a_group(maps: FaultyServer, api: client.ApiClient) -> None:
    maps.on("PATCH", f"{MAPS}/one", OK)
    apply.apply(api, [thing("ConfigMap")] * 3, namespace="here")
    kinds = apply.Kinds(api)
    assert [kinds.resource("v1", "ConfigMap") for _ in range(2)] == [("configmaps", True)] * 2
    assert len(maps.paths("GET")) <= 4  # those of one call ask side by side at first


@pytest.mark.parametrize(
    "fault",
    [
        (403, {"message": 'error looking up service account here/default: serviceaccount "default" not found'}),
        (404, {"message": "the server could not find the requested resource"}),
        (409, {"message": "the object has been modified"}),
        (429, {"message": "too many requests"}),
        (500, {"message": 'failed calling webhook "rev.validation.istio.io": connection refused'}),
        (500, {"message": "etcdserver: leader changed"}),
        (503, {"message": "apiserver not ready"}),
        (504, {"message": "request timed out"}),
    ],
    ids=lambda fault: f"{fault[0]}-{fault[1]['message'][:12]}",
)
def test_what_may_pass_is_sent_again(maps: FaultyServer, api: client.ApiClient, fault: tuple[int, Json]) -> None:
    maps.on("PATCH", f"{MAPS}/one", fault, fault, OK)
    clock = ManualClock()
    apply.apply_each(api, [(thing("ConfigMap"), "here")], clock=clock)
    assert len(maps.paths("PATCH")) == 3
    assert clock.slept == [0.1, 0.1]


def test_a_kind_that_is_not_served_yet_is_waited_for(server: FaultyServer, api: client.ApiClient) -> None:
    known = {"resources": [{"kind": "Widget", "name": "widgets", "namespaced": True}]}
    server.on("GET", "/apis/example.com/v1", (404, {"message": "404 page not found"}), (200, known))
    server.on("PATCH", f"{WIDGETS}/one", OK)
    apply.apply_each(api, [(thing("Widget", api_version="example.com/v1"), "here")], clock=ManualClock())
    assert server.paths("PATCH") == [f"{WIDGETS}/one"]


@pytest.mark.parametrize(
    "fault",
    [
        (400, {"message": "strict decoding error"}),
        (403, {"message": "forbidden"}),
        (404, {"message": 'namespaces "here" not found'}),
        (422, {"message": "spec.weight: Invalid value: -5"}),
        (500, {"message": "something else broke"}),
    ],
    ids=lambda fault: str(fault[0]),
)
def test_a_refusal_that_will_stay_ends_it_at_once(
    maps: FaultyServer, api: client.ApiClient, fault: tuple[int, Json]
) -> None:
    maps.on("PATCH", f"{MAPS}/one", fault)
    with pytest.raises(UsageError, match=r"configmap/one: .+"):
        apply.apply_each(api, [(thing("ConfigMap"), "here")], clock=ManualClock())
    assert len(maps.paths("PATCH")) == 1


def test_patience_ends_at_the_bound(maps: FaultyServer, api: client.ApiClient) -> None:
    maps.on("PATCH", f"{MAPS}/one", (503, {"message": "apiserver not ready"}))
    clock = ManualClock()
    with pytest.raises(UsageError, match="apiserver not ready"):
        apply.apply_each(api, [(thing("ConfigMap"), "here")], bound=1.0, clock=clock)
    assert 1.0 < clock.now < 1.3


def test_all_refusals_are_told_and_the_rest_is_applied(maps: FaultyServer, api: client.ApiClient) -> None:
    for name in ("a", "c"):
        maps.on("PATCH", f"{MAPS}/{name}", (422, {"message": f"{name} is wrong"}))
    maps.on("PATCH", f"{MAPS}/b", OK)
    with pytest.raises(UsageError) as refused:
        apply.apply(api, [thing("ConfigMap", name) for name in "abc"], namespace="here")
    assert "refused 2 object(s)" in refused.value.what
    assert ("a is wrong" in refused.value.what, "c is wrong" in refused.value.what) == (True, True)
    assert f"{MAPS}/b" in maps.paths("PATCH")


def test_an_unknown_kind_is_named(maps: FaultyServer, api: client.ApiClient) -> None:
    with pytest.raises(UsageError, match="the server has no Gadget of v1"):
        apply.apply_each(api, [(thing("Gadget"), "here")], bound=0.5, clock=ManualClock())


def test_delete_passes_over_what_is_not_there(maps: FaultyServer, api: client.ApiClient) -> None:
    maps.on("DELETE", f"{MAPS}/one", (404, {"message": "not found"}))
    maps.on("DELETE", f"{MAPS}/two", OK)
    gone = thing("Widget", api_version="example.com/v1")
    apply.delete(api, [thing("ConfigMap"), gone, thing("ConfigMap", "two")], namespace="here")
    assert maps.paths("DELETE") == [f"{MAPS}/one", f"{MAPS}/two"]


def test_delete_tells_which_object_was_refused(maps: FaultyServer, api: client.ApiClient) -> None:
    maps.on("DELETE", f"{MAPS}/one", (403, {"message": "forbidden"}))
    with pytest.raises(CanarylabError, match="forbidden") as refused:
        apply.delete(api, [thing("ConfigMap")], namespace="here")
    assert refused.value.where == "configmap/one"
