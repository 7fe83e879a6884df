"""What a cluster has is found by labels that everybody's manifests and charts give."""

from __future__ import annotations

from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client

from canarylab.flagger.running import Running
from canarylab.joining import detect
from canarylab.joining.detect import istio_label
from canarylab.joining.found import Found, Mesh
from canarylab.kube.services import Service

HOOKS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
DEPLOYMENTS = "/apis/apps/v1/deployments"
BUILD = "/api/v1/namespaces/istio-system/services/prometheus%3A9090/proxy/api/v1/status/buildinfo"


def deployment(namespace: str, image: str, *args: str, **labels: str) -> dict[str, Any]:
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"image": image, "args": args}]}}
    return {"metadata": {"namespace": namespace}, "spec": {"template": template}}


FLAGGER = deployment("istio-system", "ghcr.io/fluxcd/flagger:1.44.0", "-metrics-server=http://prometheus:9090")
ISTIOD = deployment("istio-system", "docker.io/istio/pilot:1.29.0@sha256:00")
TESTER = deployment("load", "ghcr.io/fluxcd/flagger-loadtester:0.38.0", app="tester")


def injector(name: str, *expressions: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "webhooks": [{"namespaceSelector": {"matchExpressions": list(expressions)}}]}


PLAIN = injector("istio-sidecar-injector", {"key": "istio-injection", "operator": "In", "values": ["enabled"]})
REVISION = injector("istio-sidecar-injector-canary", {"key": "istio.io/rev", "operator": "In", "values": ["canary"]})
OBJECTS = injector("istio-objects", {"key": "istio-injection", "operator": "DoesNotExist"})


@pytest.mark.parametrize(
    ("hooks", "label"),
    [
        ([], {}),
        ([OBJECTS], {}),
        ([REVISION], {"istio.io/rev": "canary"}),
        ([REVISION, PLAIN], {"istio-injection": "enabled"}),
    ],
)
def test_istios_injectors_tell_the_label_that_they_look_for(hooks: list[dict[str, Any]], label: dict[str, str]) -> None:
    assert istio_label(hooks) == label


@pytest.fixture
def full(server: FaultyServer) -> FaultyServer:
    """Flagger, istiod and a load tester; the server's lists come in the order in which they are asked for."""
    server.on("GET", "/version", (200, {"gitVersion": "v1.33.1-gke.100"}))
    none: dict[str, Any] = {"items": []}
    lists = ({"items": [FLAGGER]}, none, {"items": [ISTIOD]}, {"items": [TESTER]}, none)
    server.on("GET", DEPLOYMENTS, *((200, one) for one in lists))
    server.on("GET", HOOKS, (200, {"items": [PLAIN]}))
    ports = [{"port": 8090}]
    others = {"metadata": {"name": "metrics"}, "spec": {"ports": ports}}
    service = {"metadata": {"name": "tester"}, "spec": {"selector": {"app": "tester"}, "ports": ports}}
    server.on("GET", "/api/v1/namespaces/load/services", (200, {"items": [others, service]}))
    server.on("GET", BUILD, (200, {"data": {"version": "3.5.0"}}))
    marked = {"metadata": {"annotations": {"canarylab.dev/disposable": "true"}}}
    server.on("GET", "/api/v1/namespaces/kube-system", (200, marked))
    return server


def test_everything_is_found_with_its_release(full: FaultyServer, api: client.ApiClient) -> None:
    found = detect.look(api)
    assert found.flagger == Running("istio-system", "http://prometheus:9090", "istio", release="1.44.0")
    assert (found.kubernetes, found.mesh) == ("1.33.1-gke.100", Mesh("istiod", "istio-system", "1.29.0"))
    assert (found.tester, found.tester_release) == (Service("load", "tester", 8090), "0.38.0")
    assert (found.prometheus_release, found.labels, found.disposable) == ("3.5.0", {"istio-injection": "enabled"}, True)


def test_what_was_found_goes_to_other_processes_as_text(full: FaultyServer, api: client.ApiClient) -> None:
    found = detect.look(api)
    assert Found.from_json(found.to_json()) == found


def test_what_may_not_be_seen_is_not_there(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", "/version", (200, {"gitVersion": "v1.33.1"}))
    server.on("GET", DEPLOYMENTS, (403, {"message": "no"}))
    assert detect.look(api) == Found("1.33.1")


def test_a_prometheus_that_is_named_is_taken_as_it_is(full: FaultyServer, api: client.ApiClient) -> None:
    found = detect.look(api, "http://127.0.0.1:1")
    assert (found.prometheus, found.metrics, found.prometheus_release) == (None, "http://127.0.0.1:1", "")
