"""A controller in a pod: lists and watches, gathers changes, writes what differs, and forgets nothing that it made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.kube import reconcile
from canarylab.kube.reconcile import Api, Kind, Store, Wanted, World, Writer

Json = dict[str, Any]

SERVICES = Kind("v1", "services", "Service")
ROUTES = Kind("mesh.example/v1", "routes", "Route")
GATES = Kind("mesh.example/v1", "gates", "Gate", namespaced=False)
MADE = "/apis/mesh.example/v1/routes"


@pytest.fixture
def pod(api: client.ApiClient, tmp_path: Path) -> Api:
    """The faulty server, as a pod's account sees it."""
    (tmp_path / "token").write_text("secret\n")
    return Api("tester", api.configuration.host, tmp_path)


def item(name: str, **spec: Any) -> Json:
    return {"metadata": {"name": name, "namespace": "shop", "uid": f"uid-{name}"}, "spec": spec}


def route(name: str, **spec: Any) -> Json:
    head = {"apiVersion": ROUTES.api_version, "kind": ROUTES.kind}
    return {**head, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def listed(*items: Json, version: str = "41") -> tuple[int, Json]:
    return 200, {"items": list(items), "metadata": {"resourceVersion": version}}


def told(*events: tuple[str, Json]) -> tuple[int, bytes]:
    lines = (json.dumps({"type": kind, "object": one}) for kind, one in events)
    return 200, "".join(f"{line}\n" for line in lines).encode()


def where(name: str) -> str:
    return f"/apis/mesh.example/v1/namespaces/shop/routes/{name}"


def holding(*items: Json) -> Store:
    store = Store((SERVICES,))
    store.put(SERVICES, {one["metadata"]["uid"]: one for one in items})
    return store


def names(world: World | None) -> list[str]:
    assert world is not None
    return [one["metadata"]["name"] for one in world["Service"]]


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "path"),
    [
        (SERVICES, "", "", "/api/v1/services"),
        (SERVICES, "shop", "web", "/api/v1/namespaces/shop/services/web"),
        (ROUTES, "shop", "", "/apis/mesh.example/v1/namespaces/shop/routes"),
        (GATES, "shop", "web", "/apis/mesh.example/v1/gates/web"),
    ],
)
def test_where_objects_are(kind: Kind, namespace: str, name: str, path: str) -> None:
    assert kind.path(namespace, name) == path


@pytest.mark.parametrize("kind", ["ADDED", "MODIFIED"])
def test_an_object_that_comes_or_changes_replaces_the_one_before(kind: str) -> None:
    new = item("a", port=9)
    assert reconcile.changed({"uid-a": item("a")}, {"type": kind, "object": new}) == {"uid-a": new}


def test_an_object_that_goes_is_forgotten() -> None:
    known = {"uid-a": item("a"), "uid-b": item("b")}
    assert reconcile.changed(known, {"type": "DELETED", "object": item("a")}) == {"uid-b": item("b")}
    assert set(known) == {"uid-a", "uid-b"}


def test_an_object_made_again_under_its_name_is_another_one() -> None:
    old, new = item("a"), {**item("a"), "metadata": {**item("a")["metadata"], "uid": "another"}}
    known = reconcile.changed({"uid-a": old}, {"type": "ADDED", "object": new})
    assert reconcile.changed(known, {"type": "DELETED", "object": old}) == {"another": new}


def test_a_bookmark_changes_nothing() -> None:
    known, event = {"uid-a": item("a")}, {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "9"}}}
    assert reconcile.changed(known, event) == known


def test_a_watch_that_lost_its_place_is_given_up() -> None:
    with pytest.raises(LookupError, match="too old"):
        reconcile.changed({}, {"type": "ERROR", "object": {"code": 410, "message": "too old resource version"}})


def test_the_watch_goes_on_where_the_list_ended(server: FaultyServer, pod: Api) -> None:
    changes = told(("ADDED", item("b")), ("DELETED", item("a")))
    server.on("GET", SERVICES.path(), listed(item("a")), changes)
    store = Store((SERVICES,))
    reconcile.follow(pod, SERVICES, store)
    assert names(store.world()) == ["b"]
    assert server.asked[1][2]["resourceVersion"] == "41"
    assert server.asked[1][2]["watch"] == "1"


def test_objects_of_a_list_know_their_kind(server: FaultyServer, pod: Api) -> None:
    server.on("GET", ROUTES.path(), listed(item("a")))
    ((found,), _) = pod.list(ROUTES)
    assert (found["apiVersion"], found["kind"]) == ("mesh.example/v1", "Route")


def test_a_kind_that_is_not_served_counts_as_empty_until_it_is(server: FaultyServer, pod: Api) -> None:
    store = Store((SERVICES,))
    server.on("GET", SERVICES.path(), (404, b"404 page not found"), listed(item("a")), told())
    assert reconcile.attempt(pod, SERVICES, store) == 1
    assert names(store.world()) == []
    assert reconcile.attempt(pod, SERVICES, store) == 0
    assert names(store.world()) == ["a"]


def test_what_is_known_stays_while_the_server_fails(
    server: FaultyServer, pod: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    store = holding(item("a"))
    server.on("GET", SERVICES.path(), (503, {"message": "no etcd"}))
    assert reconcile.attempt(pod, SERVICES, store) == 0.2
    assert names(store.world()) == ["a"]
    assert "GET /api/v1/services: 503" in capsys.readouterr().err


def test_nothing_is_decided_before_every_kind_was_listed() -> None:
    store, acted = Store((SERVICES, ROUTES)), list[World]()
    store.put(SERVICES, {})
    reconcile.settle(store, lambda world: acted.append(world) or [], lambda _seconds: None)
    assert acted == []
    store.put(ROUTES, {})
    reconcile.settle(store, lambda world: acted.append(world) or [], lambda _seconds: None)
    assert acted == [{"Service": [], "Route": []}]


def test_changes_that_come_together_are_taken_as_one() -> None:
    store, acted = holding(item("a")), list[World]()

    def meanwhile(_seconds: float) -> None:
        store.take(SERVICES, {"type": "ADDED", "object": item("b")})

    reconcile.settle(store, lambda world: acted.append(world) or [], meanwhile)
    assert [names(one) for one in acted] == [["a", "b"]]
    assert not store.news.is_set()


def test_what_tells_nothing_new_is_no_change() -> None:
    store = holding(item("a"))
    store.news.clear()
    store.take(SERVICES, {"type": "MODIFIED", "object": item("a")})
    assert not store.news.is_set()


def test_what_was_refused_is_told_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    store, slept = holding(), list[float]()
    reconcile.settle(store, lambda _world: ["no route"], slept.append)
    assert "again in 0.2 s: no route" in capsys.readouterr().err
    assert slept[1:] == [0.2]
    assert store.news.is_set()


def test_only_what_differs_is_applied(server: FaultyServer, pod: Api) -> None:
    for name in ("a", "b"):
        server.on("PATCH", where(name), (200, {}))
    writer = Writer(pod, (ROUTES,))
    assert writer.write(Wanted((route("a"), route("b", to="x"))), ()) == []
    assert writer.write(Wanted((route("a"), route("b", to="y"))), ()) == []
    assert server.paths("PATCH") == [where("a"), where("b"), where("b")]
    _, _, query, body = server.asked[-1]
    assert query == {"fieldManager": "tester", "force": "true"}
    assert body["spec"] == {"to": "y"}
    assert body["metadata"]["labels"] == {reconcile.MADE_BY: "tester"}


@pytest.mark.parametrize("status", [200, 404])
def test_what_is_not_wanted_any_more_is_deleted_once(server: FaultyServer, pod: Api, status: int) -> None:
    server.on("PATCH", where("a"), (200, {}))
    server.on("DELETE", where("a"), (status, {}))
    writer = Writer(pod, (ROUTES,))
    for wanted in (Wanted((route("a"),)), Wanted(), Wanted()):
        assert writer.write(wanted, ()) == []
    assert server.paths("DELETE") == [where("a")]


def test_a_new_run_applies_or_deletes_what_an_earlier_one_made(server: FaultyServer, pod: Api) -> None:
    server.on("GET", MADE, listed(route("a"), route("old")))
    server.on("PATCH", where("a"), (200, {}))
    server.on("DELETE", where("old"), (200, {}))
    writer = Writer(pod, (ROUTES,))
    writer.adopt()
    assert server.asked[0][2] == {"labelSelector": f"{reconcile.MADE_BY}=tester"}
    assert writer.write(Wanted((route("a"),)), ()) == []
    assert (server.paths("PATCH"), server.paths("DELETE")) == ([where("a")], [where("old")])


def test_what_is_said_to_stay_stays_in_this_run_and_in_the_next(server: FaultyServer, pod: Api) -> None:
    space = route("a")
    space["metadata"]["annotations"] = dict(reconcile.KEPT)
    server.on("PATCH", where("a"), (200, {}))
    server.on("GET", MADE, listed(space))
    writer = Writer(pod, (ROUTES,))
    for wanted in (Wanted((space,)), Wanted(), Wanted((space,))):
        assert writer.write(wanted, ()) == []
    another = Writer(pod, (ROUTES,))
    another.adopt()
    assert another.write(Wanted(), ()) == []
    assert (len(server.paths("PATCH")), server.paths("DELETE")) == (2, [])


def test_nothing_is_taken_over_of_a_kind_that_is_not_served(server: FaultyServer, pod: Api) -> None:
    Writer(pod, (ROUTES,)).adopt()
    assert server.paths("GET") == [MADE]


def test_a_refused_object_harms_no_other(server: FaultyServer, pod: Api) -> None:
    server.on("PATCH", where("bad"), (422, {"message": "weight below nothing"}), (200, {}))
    server.on("PATCH", where("good"), (200, {}))
    writer, wanted = Writer(pod, (ROUTES,)), Wanted((route("bad"), route("good")))
    (refused,) = writer.write(wanted, ())
    assert "weight below nothing" in refused
    assert where("bad") in refused
    assert writer.write(wanted, ()) == []
    assert server.paths("PATCH") == [where("bad"), where("good"), where("bad")]


def test_an_object_that_cannot_be_deleted_is_tried_again(server: FaultyServer, pod: Api) -> None:
    server.on("PATCH", where("a"), (200, {}))
    server.on("DELETE", where("a"), (403, {"message": "not yours"}), (200, {}))
    writer = Writer(pod, (ROUTES,))
    writer.write(Wanted((route("a"),)), ())
    (refused,) = writer.write(Wanted(), ())
    assert "not yours" in refused
    assert writer.write(Wanted(), ()) == []


def test_statuses_are_written_when_they_differ_and_after_their_object_came_back(server: FaultyServer, pod: Api) -> None:
    path = f"{where('a')}/status"
    server.on("PATCH", path, (200, {}))
    writer = Writer(pod, ())
    for status in ({"ok": True}, {"ok": True}, {"ok": False}, None, {"ok": False}):
        statuses = () if status is None else ((route("a", to="x"), status),)
        assert writer.write(Wanted(statuses=statuses), (ROUTES,)) == []
    assert [(asked[1], asked[3]["status"]["ok"]) for asked in server.asked] == [
        (path, True), (path, False), (path, False),
    ]  # fmt: skip
    assert "spec" not in server.asked[0][3]


def test_a_status_without_a_place_is_told_once_and_not_tried_again_at_once(
    server: FaultyServer, pod: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    path, wanted = f"{where('a')}/status", Wanted(statuses=((route("a"), {"ok": True}),))
    server.on("PATCH", path, (404, {"message": "the server could not find it"}), (404, {}), (200, {}))
    writer = Writer(pod, ())
    assert [writer.write(wanted, (ROUTES,)) for _ in range(4)] == [[]] * 4
    assert server.paths("PATCH") == [path] * 3
    assert capsys.readouterr().err.count("left out") == 1


def test_what_an_earlier_run_made_is_known_before_anything_is_decided(
    server: FaultyServer, pod: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Decided(Exception):
        """Ends the run."""

    def once(_api: Api, kind: Kind, store: Store) -> None:
        store.put(kind, {"uid-a": item("a")})

    def decide(world: World) -> Wanted:
        assert server.paths("GET") == [MADE, MADE]
        raise Decided(names(world))

    monkeypatch.setattr(reconcile, "_follow_always", once)
    server.on("GET", MADE, (500, {}), listed())
    with pytest.raises(Decided, match="a"):
        reconcile.run(pod, (SERVICES,), (ROUTES,), decide)
