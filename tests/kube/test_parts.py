"""Parts are applied together, and their workloads are what is waited for."""

from __future__ import annotations

from typing import Any

from faulty import FaultyServer
from kubernetes import client

from canarylab.kube import parts
from canarylab.kube.parts import Part
from canarylab.kube.rollout import Workload

Json = dict[str, Any]


def thing(kind: str, **meta: str) -> Json:
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web", **meta}}


def test_the_workloads_of_a_part_are_what_becomes_available() -> None:
    part = Part("web", (thing("ConfigMap"), thing("Deployment"), thing("DaemonSet", namespace="there")), "here")
    assert list(part.workloads()) == [Workload("Deployment", "here", "web"), Workload("DaemonSet", "there", "web")]


def test_parts_are_applied_then_awaited(server: FaultyServer, api: client.ApiClient) -> None:
    server.serves("apps/v1", ("Deployment", "deployments", True))
    for namespace in ("left", "right"):
        root = f"/apis/apps/v1/namespaces/{namespace}/deployments"
        counts = {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}
        ready = {"metadata": {"name": "web", "namespace": namespace}, "spec": {}, "status": counts}
        server.on("PATCH", f"{root}/web", (200, {}))
        server.on("GET", root, (200, {"items": [ready], "metadata": {"resourceVersion": "7"}}))
    noted: list[str] = []
    parts.install(api, *(Part(name, (thing("Deployment"),), name) for name in ("left", "right")), note=noted.append)
    assert noted == ["manifests applied", "web available", "web available"]
    assert {body["metadata"]["namespace"] for method, _, _, body in server.asked if method == "PATCH"} == {
        "left", "right",
    }  # fmt: skip


def test_a_part_is_applied_when_what_it_comes_after_is_available(server: FaultyServer, api: client.ApiClient) -> None:
    server.serves("apps/v1", ("Deployment", "deployments", True))
    root = "/apis/apps/v1/namespaces/here/deployments"
    ready = {"metadata": {"name": "web", "namespace": "here"}, "spec": {"replicas": 0}, "status": {}}
    server.on("GET", root, (200, {"items": [ready], "metadata": {"resourceVersion": "7"}}))
    for name in ("first", "second"):
        server.on("PATCH", f"{root}/{name}", (200, {}))
    noted: list[str] = []
    second = Part("second", (named("second"),), "here", after=("first",))
    parts.install(api, second, Part("first", (named("first"),), "here"), note=noted.append)
    assert server.paths("PATCH") == [f"{root}/first", f"{root}/second"]
    assert sorted(noted) == ["first available", "manifests applied", "second available"]


def named(name: str) -> Json:
    return {**thing("Deployment"), "metadata": {"name": name}}
