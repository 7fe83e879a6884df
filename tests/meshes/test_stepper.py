"""The mesh controller keeps one Sidecar in step with the Services; how it follows them is tested in tests/kube."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.kube.reconcile import Api, Writer
from canarylab.meshes import egress, istio, stepper

Json = dict[str, Any]
SIDECAR = "/apis/networking.istio.io/v1/namespaces/istio-system/sidecars/mesh"


def service(name: str, address: str = "10.96.1.1", **labels: str) -> Json:
    meta = {"uid": name, "name": name, "namespace": "shop", "labels": labels}
    return {"metadata": meta, "spec": {"clusterIP": address, "ports": [{"name": "http", "port": 80}]}}


def world(*services: Json) -> dict[str, list[Json]]:
    return {stepper.SERVICES.name: list(services)}


@pytest.fixture
def writer(server: FaultyServer, api: client.ApiClient, tmp_path: Path) -> Writer:
    """Writes to a server that takes the Sidecar."""
    (tmp_path / "token").write_text("secret")
    server.on("PATCH", SIDECAR, (200, {}))
    return Writer(Api(stepper.OWNER, api.configuration.host, tmp_path), (stepper.MAKES,))


def test_there_is_one_sidecar_of_all_services_even_of_none() -> None:
    both = [service("a"), service("b", "10.96.1.2")]
    assert stepper.decide(world(*both)).objects == (egress.sidecar(both),)
    assert stepper.decide(world()).objects == (egress.sidecar([]),)


def test_every_change_of_the_listeners_is_applied(server: FaultyServer, writer: Writer) -> None:
    for seen in (world(), world(service("a")), world()):
        assert writer.write(stepper.decide(seen), ()) == []
    wanted = [egress.sidecar(services) for services in ([], [service("a")], [])]
    assert [body["spec"] for _, _, _, body in server.asked] == [one["spec"] for one in wanted]
    assert server.asked[0][2] == {"fieldManager": "canarylab-mesh", "force": "true"}


def test_a_change_that_moves_no_listener_is_not_applied(server: FaultyServer, writer: Writer) -> None:
    for seen in (world(service("a")), world(service("a", colour="blue"))):
        assert writer.write(stepper.decide(seen), ()) == []
    assert server.paths("PATCH") == [SIDECAR]


def test_its_account_may_do_what_it_does() -> None:
    rules = {
        (resource, verb): item["kind"]
        for item in istio.data_plane().objects
        if item["kind"] in ("ClusterRole", "Role")
        for rule in item["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert rules["services", "list"] == rules["services", "watch"] == "ClusterRole"
    assert rules["sidecars", "list"] == "ClusterRole"
    assert {"create", "patch", "get"} <= {verb for resource, verb in rules if resource == "sidecars"}
