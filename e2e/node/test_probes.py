"""Probes: what gates traffic, what starts a container again, and each way to ask."""

from __future__ import annotations

import pytest

from node.pods import Pods, manifest, ready, shell, status, until

FOREVER = "while :; do sleep 0.1; done"
PODINFO = "ghcr.io/stefanprodan/podinfo:6.9.2"


def exec_probe(command: str, **settings: object) -> dict[str, object]:
    return {"exec": {"command": ["sh", "-c", command]}, "periodSeconds": 1, **settings}


def test_readiness_gates_the_endpoints_of_a_service(pods: Pods) -> None:
    service = {"selector": {"app": "p"}, "ports": [{"port": 80}]}
    pods.apply(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": service},
        manifest("p", shell(FOREVER, readinessProbe=exec_probe("test -e /tmp/go"))),
    )

    def serving() -> str:
        path = "jsonpath={.items[*].endpoints[*].conditions.ready}"
        return pods.kubectl("get", "endpointslices", "-l", "kubernetes.io/service-name=s", "-o", path)

    pods.pod("p", lambda p: status(p).get("started"))
    assert until(serving) == "false"
    pods.exec("p", "touch /tmp/go")
    assert until(lambda: serving() == "true")


@pytest.mark.parametrize(
    "probe",
    [
        {"httpGet": {"path": "/readyz", "port": 9898}},
        {"httpGet": {"path": "/readyz", "port": "http", "httpHeaders": [{"name": "X-Test", "value": "1"}]}},
        {"tcpSocket": {"port": 9898}},
        {"grpc": {"port": 9999}},
        {"exec": {"command": ["podcli", "check", "http", "localhost:9898/healthz"]}, "timeoutSeconds": 5},
    ],
    ids=["http", "http-named-port", "tcp", "grpc", "exec"],
)
def test_each_way_to_ask(pods: Pods, probe: dict[str, object]) -> None:
    ports = [{"name": "http", "containerPort": 9898}]
    command = ["./podinfo", "--port=9898", "--grpc-port=9999"]
    probe = probe | {"periodSeconds": 1}
    container = {"name": "main", "image": PODINFO, "command": command, "ports": ports, "readinessProbe": probe}
    assert ready(pods.start("p", container))


def test_a_failed_liveness_probe_starts_the_container_again(pods: Pods) -> None:
    probe = exec_probe("test ! -e /tmp/ill", failureThreshold=1)
    pods.start("p", shell(FOREVER, livenessProbe=probe), restartPolicy="Always")
    pods.exec("p", "touch /tmp/ill")
    pod = pods.pod("p", lambda p: status(p)["restartCount"] == 1 and ready(p))
    assert status(pod)["lastState"]["terminated"]["exitCode"] == 137
    assert "Liveness probe failed" in pods.event("p", "Unhealthy")


def test_liveness_waits_for_the_startup_probe(pods: Pods) -> None:
    probes = {
        "startupProbe": exec_probe("test -e /tmp/up", failureThreshold=60),
        "livenessProbe": exec_probe("test -e /tmp/up", failureThreshold=1),
    }
    pods.apply(manifest("p", shell("sleep 3; touch /tmp/up; " + FOREVER, **probes)))
    pod = pods.pod("p", ready)
    assert status(pod)["restartCount"] == 0


def test_an_exec_probe_that_takes_too_long_fails(pods: Pods) -> None:
    probe = exec_probe("sleep 30", timeoutSeconds=1, failureThreshold=1)
    pods.apply(manifest("p", shell(FOREVER, readinessProbe=probe)))
    assert "timed out" in pods.event("p", "Unhealthy")
