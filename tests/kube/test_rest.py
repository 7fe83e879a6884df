"""Refusals carry the server's own words; a server that is not there, or breaks off, is an environment's fault."""

from __future__ import annotations

import json

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.kube import rest


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b'{"kind": "Status", "message": "pods \\"x\\" not found"}', 'pods "x" not found'),
        (b"404 page not found\n", "404 page not found"),
        (b'{"code": 404}', '{"code": 404}'),
        (b"[1]", "[1]"),
        (b"\xff\xfe", "��"),
        (b"", ""),
    ],
)
def test_a_refusal_tells_what_the_server_said(
    server: FaultyServer, api: client.ApiClient, answer: bytes, message: str
) -> None:
    server.on("GET", "/api/v1/pods", (404, answer))
    with pytest.raises(rest.Refused) as refused:
        rest.send(api, "GET", "/api/v1/pods")
    assert (refused.value.what, refused.value.status) == (message, 404)
    assert refused.value.where.endswith("/api/v1/pods")


def test_an_answer_is_plain_json(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("PATCH", "/api/v1/x", (200, {"a": [1]}))
    assert rest.send(api, "PATCH", "/api/v1/x", query={"force": "true"}, body={"b": 2}) == {"a": [1]}
    assert server.asked == [("PATCH", "/api/v1/x", {"force": "true"}, {"b": 2})]


def test_a_server_that_is_not_there_is_named(server: FaultyServer, api: client.ApiClient) -> None:
    api.configuration.host = "http://127.0.0.1:1"
    with pytest.raises(EnvironmentFault, match="does not answer") as failed:
        rest.send(api, "GET", "/version")
    assert failed.value.where == "GET http://127.0.0.1:1/version"


def test_an_answer_that_breaks_off_is_told(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", "/api/v1/x", (200, {"a": [1]}))
    server.cut_off = 10
    with pytest.raises(EnvironmentFault, match="broke off an answer"):
        rest.send(api, "GET", "/api/v1/x")


def test_a_watch_gives_each_line_however_it_was_cut(server: FaultyServer, api: client.ApiClient) -> None:
    events = [{"type": "ADDED", "object": {"data": "ä" * 70_000}}, {"type": "BOOKMARK"}]
    server.on("GET", "/api/v1/x", (200, b"\n".join(json.dumps(event).encode() for event in events) + b"\n"))
    assert list(rest.watch(api, "/api/v1/x", "41", {"fieldSelector": "a=b"}, 5)) == events
    assert server.asked[0][2] == {
        "fieldSelector": "a=b", "watch": "1", "resourceVersion": "41", "timeoutSeconds": "5",
    }  # fmt: skip


def test_a_watch_that_breaks_off_is_told(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", "/api/v1/x", (200, b'{"type": "ADDED"}\n'))
    server.cut_off = 10
    with pytest.raises(EnvironmentFault, match="broke off a watch"):
        list(rest.watch(api, "/api/v1/x", "41", {}, 5))
