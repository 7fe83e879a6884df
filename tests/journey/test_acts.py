"""What can be done to a rollout on its way, and how an object is held against what is wanted of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from faulty import FaultyServer
from hypothesis import given
from hypothesis import strategies as st
from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.journey import Crowd, acts, capture
from canarylab.journey.application import podinfo
from canarylab.model.canary import Canary
from canarylab.observe.record import Record

JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1), inner, max_size=3),
)
POD = "/api/v1/namespaces/shop/pods/traffic-more"


@given(value=JSON)
def test_everything_contains_itself(value: Any) -> None:
    assert acts.contains(value, value)


@given(value=st.dictionaries(st.text("ab", min_size=1), JSON), more=st.dictionaries(st.text("xy", min_size=1), JSON))
def test_what_an_object_holds_beside_does_not_matter(value: Any, more: Any) -> None:
    assert acts.contains({**value, **more}, value)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [({"a": 1}, {"a": 2}), ({}, {"a": None}), ([1, 2], [1]), ([1], {"a": 1}), ("a", ["a"]), ({"a": [{}]}, {"a": [1]})],
)
def test_what_differs_is_not_there(found: Any, wanted: Any) -> None:
    assert not acts.contains(found, wanted)


@pytest.fixture
def journey(api: client.ApiClient) -> Any:
    """As much of a journey as acts need."""
    adapts = {"adapted": lambda item: item, "unfit": lambda _objects, _namespace: ""}
    cluster = SimpleNamespace(api_client=lambda: api, failure=lambda: None, name="test", **adapts)
    canary = Canary.parse(podinfo("shop").canary)
    return SimpleNamespace(stack=SimpleNamespace(cluster=cluster), canary=canary, record=Record())


def told(journey: Any) -> list[str]:
    return [one.words() for one in journey.record.timeline.events]


def test_traffic_is_a_pod_that_asks_one_revision(journey: Any, server: FaultyServer) -> None:
    server.serves("v1", ("Pod", "pods", True))
    server.on("PATCH", POD, (200, {}))
    acts.traffic(journey, Crowd("more", "/status/500", per_second=5), "canary")
    assert told(journey) == ["traffic: more starts, 5/s to podinfo-canary/status/500"]
    (arguments,) = (body["spec"]["containers"][0]["args"] for method, _, _, body in server.asked if method == "PATCH")
    assert arguments[:2] == ["http://podinfo-canary.shop:9898/status/500", "--per-second=5"]


def test_traffic_that_has_ended_may_be_stopped_again(journey: Any, server: FaultyServer) -> None:
    server.on("DELETE", POD, (404, {"message": 'pods "traffic-more" not found'}))
    acts.stop_traffic(journey, "more")
    assert told(journey) == ["traffic: more stops"]


def test_a_pause_ends_as_soon_as_the_cluster_does(journey: Any) -> None:
    journey.stack.cluster.failure = lambda: "etcd has died"
    with pytest.raises(EnvironmentFault, match="etcd has died"):
        acts.pause(journey, 600)


def test_what_the_capture_server_got_is_a_hook_or_an_alert() -> None:
    hook, alert = capture.Sent("/hooks/post-rollout", {}), capture.Sent("/alerts", {})
    assert (hook.hook, alert.hook) == ("post-rollout", "")


def test_captured_requests_are_the_lines_of_its_log() -> None:
    cluster: Any = SimpleNamespace(kubectl=lambda *_: '{"path": "/alerts", "body": {"a": 1}}\n')
    assert capture.sent(cluster, "shop") == (capture.Sent("/alerts", {"a": 1}),)
