"""What Events tell when they are all that may be read; what is refused is given up unless it is required."""

from __future__ import annotations

import json
from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client
from test_view import CANARY

from canarylab.errors import EnvironmentFault
from canarylab.meshes import providers
from canarylab.model import timeline
from canarylab.observe import observer
from canarylab.observe.events import EVENTS, EventFollower
from canarylab.observe.observer import Observer
from canarylab.observe.record import Record

PATH = "/api/v1/namespaces/shop/events"
CANARIES = "/apis/flagger.app/v1beta1/namespaces/shop/canaries"
FORBIDDEN = (403, {"message": "forbidden"})
WORKLOADS = "/apis/apps/v1/namespaces/shop/deployments"
ROUTE = "/apis/networking.istio.io/v1beta1/namespaces/shop/virtualservices"
PODS = "/api/v1/namespaces/mesh/pods"
LISTED = {"metadata": {"resourceVersion": "1"}, "items": []}


def said(uid: str, count: int, text: str, kind: str = "Warning") -> dict[str, Any]:
    return {"metadata": {"uid": uid}, "count": count, "message": text, "type": kind}


def watched(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps({"type": "MODIFIED", "object": one}).encode() + b"\n" for one in events)


def follow(api: client.ApiClient, enough: int) -> list[tuple[str, str]]:
    record = Record()
    follower = EventFollower(api, CANARY, record)
    follower.start()
    assert record.wait(lambda seen: len(seen.events) >= enough, 10) == ""
    follower.stop()
    return [(one.level, one.text) for one in record.timeline.events if one.source == EVENTS]


def test_only_what_is_new_is_told_as_many_times_as_its_count_grew(server: FaultyServer, api: client.ApiClient) -> None:
    old = {"metadata": {"resourceVersion": "1"}, "items": [said("a", 3, "halt"), said("b", 1, "old")]}
    news = watched(said("a", 5, "halt"), said("c", 1, "(combined from similar events): more", "Normal"))
    server.on("GET", PATH, (200, old), (200, news), FORBIDDEN)
    assert follow(api, 3) == [("warning", "halt"), ("warning", "halt"), ("info", "more")]
    assert server.asked[0][2]["fieldSelector"] == "involvedObject.kind=Canary,involvedObject.name=web"


def test_a_list_after_a_forgotten_version_tells_what_was_missed(server: FaultyServer, api: client.ApiClient) -> None:
    again = {"metadata": {"resourceVersion": "9"}, "items": [said("a", 2, "halt")]}
    server.on("GET", PATH, (200, LISTED), (410, {"message": "too old"}), (200, again), FORBIDDEN)
    assert follow(api, 2) == [("warning", "halt")] * 2


def test_a_log_that_may_not_be_read_is_told_by_events(server: FaultyServer, api: client.ApiClient) -> None:
    for path in (CANARIES, PATH):
        server.on("GET", path, (200, LISTED), (200, b""))
    for path in (WORKLOADS, ROUTE, PODS):
        server.on("GET", path, FORBIDDEN)
    made = Observer(
        lambda: api, CANARY, providers.route("istio"), "mesh", Record(), required=frozenset({timeline.CANARY})
    )
    made.start()
    made.stop()
    assert set(made.refusals()) == {timeline.ROUTE, timeline.TARGET, timeline.PRIMARY, timeline.LOG}
    assert PATH in server.paths("GET")


def test_what_is_required_and_refused_ends_the_start(
    server: FaultyServer, api: client.ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observer, "_LIST_BOUND", 0.3)
    server.on("GET", CANARIES, FORBIDDEN)
    made = Observer(lambda: api, CANARY, None, "mesh", Record())
    with pytest.raises(EnvironmentFault, match="the canary cannot be listed: forbidden"):
        made.start()
    made.stop()
