"""Steps are plain data, and what a merge patch changes its inverse brings back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from faulty import FaultyServer
from hypothesis import given
from hypothesis import strategies as st
from kubernetes import client

from canarylab.clusters.local import registry
from canarylab.faults import steps
from canarylab.faults.steps import Create, Delete, Merge, Post, Reach, Reload, Signal
from canarylab.kube import rest

PATH = "/api/v1/namespaces/shop/configmaps/settings"
STEPS = (
    Create("/api/v1/pods", {"metadata": {"name": "one"}}),
    Delete(PATH),
    Merge(PATH, {"data": {"a": None}}, strategic=True),
    Post("/api/v1/pods/one:80/proxy/on"),
    Signal("1 2", "SIGCONT"),
    Reload("/pods", "app=x", "/proxy", "mark", present=False),
)
leaves = (
    st.none() | st.booleans() | st.integers(0, 3) | st.text("xy", max_size=2) | st.lists(st.integers(0, 2), max_size=2)
)
patches = st.recursive(leaves, lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8)
objects = st.dictionaries(st.sampled_from("abc"), patches, max_size=3)


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386, as it is written there."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


@given(objects, objects)
def test_the_inverse_of_a_patch_brings_back_what_was(before: dict[str, Any], patch: dict[str, Any]) -> None:
    before = merged({}, before)  # an object in the API holds no nulls
    assert merged(merged(before, patch), steps.inverse(before, patch)) == before


@given(objects, objects)
def test_undoing_twice_changes_nothing_more(before: dict[str, Any], patch: dict[str, Any]) -> None:
    before = merged({}, before)
    back = steps.inverse(before, patch)
    assert merged(merged(before, back), back) == before


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
def test_a_step_survives_the_journal(step: Any) -> None:
    assert steps.from_json(steps.to_json(step)) == step


def test_every_kind_of_step_is_known() -> None:
    assert {step.kind for step in STEPS} == set(steps.KINDS)


def test_what_is_gone_has_nothing_left_to_undo(api: client.ApiClient) -> None:
    steps.undo(Delete(PATH), Reach(lambda: api))
    steps.undo(Merge(PATH, {"data": None}), Reach(lambda: api))


def test_what_is_refused_is_not_undone(api: client.ApiClient, server: FaultyServer) -> None:
    server.on("DELETE", PATH, (403, {"message": "forbidden"}))
    with pytest.raises(rest.Refused, match="forbidden"):
        steps.undo(Delete(PATH), Reach(lambda: api))


def test_an_object_goes_by_the_name_that_it_was_made_with(api: client.ApiClient, server: FaultyServer) -> None:
    server.on("POST", "/api/v1/pods", (201, {}))
    made = steps.created("/api/v1/pods", {"metadata": {"name": "one"}})
    assert made.undo == Delete("/api/v1/pods/one")
    assert made.do is not None
    made.do.run(Reach(lambda: api))
    assert server.asked[-1][3] == {"metadata": {"name": "one"}}


def test_a_reload_touches_the_pods_and_asks_until_the_mark_is_there(
    api: client.ApiClient, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_PAUSE", 0)
    config = "/proxy/api/v1/status/config"
    server.on("GET", "/pods", (200, {"items": [{"metadata": {"name": "one"}}]}))
    server.on("PATCH", "/pods/one", (200, {}))
    server.on("POST", "/proxy/-/reload", (200, b""))
    server.on("GET", config, *((200, {"data": {"yaml": text}}) for text in ("old", "old", "mark")))
    Reload("/pods", "app=x", "/proxy", "mark", present=True).run(Reach(lambda: api))
    assert server.paths("GET").count(config) == 3
    assert server.paths("PATCH") == ["/pods/one"]
    assert server.paths("POST") == ["/proxy/-/reload"] * 2


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as running:
        yield running
        running.kill()


def unreachable() -> client.ApiClient:
    raise AssertionError("a signal needs no API server")


def test_a_signal_reaches_the_process_that_was_meant_and_no_other(process: subprocess.Popen[bytes]) -> None:
    meant, reach = registry.identity(process.pid), Reach(unreachable)
    Signal(f"{process.pid} 1", "SIGKILL").run(reach)
    Signal(meant, "SIGSTOP").run(reach)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    Signal(meant, "SIGCONT").run(reach)
    os.waitid(os.P_PID, process.pid, os.WCONTINUED)


def test_a_signal_to_a_process_that_has_ended_is_none(process: subprocess.Popen[bytes]) -> None:
    meant = registry.identity(process.pid)
    process.kill()
    process.wait()
    Signal(meant, "SIGCONT").run(Reach(unreachable))
