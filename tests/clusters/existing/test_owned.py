"""Only namespaces of a run are deleted, each looked at again before, and by its UID."""

from __future__ import annotations

from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.clock import ManualClock
from canarylab.clusters.existing import owned
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.local import registry
from canarylab.errors import EnvironmentFault

MARK = Mark("0a0b0c0d", registry.owner())
GONE = (404, {"message": "not found"})
DELETED = (200, {})


def namespace(name: str, uid: str = "1", **meta: Any) -> dict[str, Any]:
    made = MARK.namespace(name, {"team": "shop"}, {})
    return {**made, "metadata": {**made["metadata"], "uid": uid, "creationTimestamp": "2026-01-01T00:00:00Z", **meta}}


def path(name: str) -> str:
    return f"/api/v1/namespaces/{name}"


def removed(api: client.ApiClient, *items: dict[str, Any]) -> list[str]:
    return owned.remove(api, items, ManualClock())


def test_a_namespace_of_a_run_goes_by_its_uid(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", path("a"), (200, namespace("a")), (200, namespace("a")), GONE)
    server.on("DELETE", path("a"), DELETED)
    assert removed(api, namespace("a")) == ["a"]
    assert [body["preconditions"] for method, _, _, body in server.asked if method == "DELETE"] == [{"uid": "1"}]


@pytest.mark.parametrize(
    "now",
    [
        namespace("a", uid="2"),
        namespace("a", labels={}),
        namespace("a", labels=owned.MANAGED),
        namespace("a", labels={owned.RUN: "0a0b0c0d"}),
    ],
)
def test_what_is_another_by_now_or_is_not_marked_stays(
    now: dict[str, Any], server: FaultyServer, api: client.ApiClient
) -> None:
    server.on("GET", path("a"), (200, now))
    assert removed(api, namespace("a")) == []
    assert server.paths("DELETE") == []


def test_one_that_goes_already_is_only_waited_for(server: FaultyServer, api: client.ApiClient) -> None:
    going = namespace("a", deletionTimestamp="2026-01-01T00:00:01Z")
    server.on("GET", path("a"), (200, going), GONE)
    assert removed(api, going) == []
    assert server.paths("DELETE") == []


def test_one_that_does_not_go_is_named(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", path("a"), (200, namespace("a")))
    server.on("DELETE", path("a"), DELETED)
    with pytest.raises(EnvironmentFault, match="not gone 180 s after they were deleted: a"):
        removed(api, namespace("a"))


def test_the_newest_go_first(server: FaultyServer, api: client.ApiClient) -> None:
    items = [namespace("old"), namespace("new", creationTimestamp="2026-01-01T00:00:05Z")]
    server.on("GET", "/api/v1/namespaces", (200, {"items": items}))
    assert [item["metadata"]["name"] for item in owned.every(api, MARK.run)] == ["new", "old"]
    asked = server.asked[0][2]["labelSelector"]
    assert asked == "app.kubernetes.io/managed-by=canarylab,canarylab.dev/run=0a0b0c0d"


def test_only_a_process_that_is_surely_gone_has_abandoned_its_run() -> None:
    place, _, start = registry.owner().rpartition(" ")[0].rpartition(" ")[0], "", "1"
    assert not registry.dead(registry.owner())
    assert registry.dead(f"{place} 4194303 {start}")
    assert not registry.dead("another-machine 4026531836 4194303 1")
    assert not registry.dead("")


def test_what_else_a_namespace_needs_does_not_hide_whose_it_is() -> None:
    meta = MARK.namespace("a", {owned.RUN: "another", "istio-injection": "enabled"}, {})["metadata"]
    assert meta["labels"] == {"istio-injection": "enabled", **MARK.labels}
