"""What Kubernetes' conformance cases ask of DNS, Services and endpoints on one node and no other file proves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node.pods import Pods, shell, until

FOREVER = "while :; do sleep 0.1; done"
# Answers each datagram with the same bytes and one more.
ECHO = """
import socket
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
own.bind(("", 7))
while True:
    data, caller = own.recvfrom(99)
    own.sendto(data + b"!", caller)
"""


def service(name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def web(pods: Pods, name: str = "web") -> dict[str, Any]:
    serve = shell("cd /etc && exec python3 -m http.server 8000", image="python:3")
    return pods.start(name, serve | {"readinessProbe": {"tcpSocket": {"port": 8000}, "periodSeconds": 1}})


def ask(name: str) -> str:
    """A script of Python that prints what a name resolves to."""
    return f"python3 -c 'import socket; print(sorted({{i[4][0] for i in socket.getaddrinfo(\"{name}\", 80)}}))'"


def resolved(pods: Pods, name: str) -> str:
    return pods.run("exec", "client", "--", "sh", "-c", ask(name)).stdout


def client(pods: Pods, **spec: Any) -> None:
    pods.start("client", shell(FOREVER, image="python:3"), **spec)


def test_the_api_server_is_a_service_with_endpoints_and_a_certificate(pods: Pods) -> None:
    found = json.loads(pods.kubectl("get", "--raw", "/api/v1/namespaces/default/services/kubernetes"))["spec"]
    assert found["ports"][0]["port"] == 443
    slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
    assert json.loads(pods.kubectl("get", "--raw", slices))["endpoints"][0]["addresses"]
    account = "/var/run/secrets/kubernetes.io/serviceaccount"
    script = f"curl -s -o /dev/null -w %{{ssl_verify_result}} --cacert {account}/ca.crt https://kubernetes.default/"
    assert pods.output("p", script, image="curlimages/curl") == "0"


def test_every_form_of_a_services_name_resolves(pods: Pods) -> None:
    pods.apply(service("web", ports=[{"port": 80}]))
    client(pods)
    address = pods.get("service", "web")["spec"]["clusterIP"]
    name = f"web.{pods.namespace}"
    for form in ("web", name, f"{name}.svc", f"{name}.svc.cluster.local", f"{name}.svc.cluster.local."):
        assert until(lambda form=form: address in resolved(pods, form)), form
    assert "10.96.0.1" in resolved(pods, "kubernetes.default")


def test_a_pod_with_a_subdomain_has_a_name(pods: Pods) -> None:
    pods.apply(service("sub", clusterIP="None", selector={"app": "named"}))
    pod = pods.start("named", shell(FOREVER), hostname="here", subdomain="sub")
    client(pods)
    assert until(lambda: pod["status"]["podIP"] in resolved(pods, f"here.sub.{pods.namespace}.svc.cluster.local"))


def test_a_service_may_become_a_name_elsewhere_and_back(pods: Pods) -> None:
    pods.apply(service("target", ports=[{"port": 80}]))
    target = pods.get("service", "target")["spec"]["clusterIP"]
    other = f"target.{pods.namespace}.svc.cluster.local"
    pods.apply(service("web", type="ExternalName", externalName=other))
    client(pods)
    assert until(lambda: target in resolved(pods, "web"))
    back = {"spec": {"type": "ClusterIP", "externalName": None, "ports": [{"port": 80}]}}
    pods.kubectl("patch", "service", "web", "-p", json.dumps(back))
    own = pods.get("service", "web")["spec"]["clusterIP"]
    assert until(lambda: own in resolved(pods, "web"), bound=90)


@pytest.mark.parametrize("on_the_nodes_network", [False, True])
def test_a_pod_answers_datagrams(pods: Pods, on_the_nodes_network: bool) -> None:
    server = pods.start("server", {"name": "main", "image": "python:3", "command": ["python3", "-c", ECHO]})
    client(pods, hostNetwork=on_the_nodes_network)
    address = server["status"]["podIP"]
    script = (
        f"import socket as s; u = s.socket(2, 2); u.settimeout(1); u.sendto(b'hi', ('{address}', 7)); print(u.recv(9))"
    )
    assert until(lambda: pods.run("exec", "client", "--", "python3", "-c", script).stdout) == "b'hi!'\n"


def test_the_nodes_network_reaches_a_pod(pods: Pods) -> None:
    address = web(pods)["status"]["podIP"]
    script = f"curl -sf http://{address}:8000/hostname"
    assert pods.output("p", script, image="curlimages/curl", spec={"hostNetwork": True}) == "web\n"


def test_the_api_server_passes_requests_on_to_pods_and_services(pods: Pods) -> None:
    pods.apply(service("web", selector={"app": "web"}, ports=[{"port": 80, "targetPort": 8000, "name": "http"}]))
    web(pods)
    base = f"/api/v1/namespaces/{pods.namespace}"
    for path in ("pods/web:8000/proxy", "services/web:http/proxy", "services/web:80/proxy"):
        assert until(lambda path=path: pods.run("get", "--raw", f"{base}/{path}/hostname").stdout == "web\n"), path


def test_endpoints_are_the_ready_pods_of_each_port_and_go_with_the_service(pods: Pods) -> None:
    ports = [{"port": 80, "targetPort": 8000, "name": "a"}, {"port": 81, "targetPort": 8001, "name": "b"}]
    pods.apply(
        service("web", selector={"app": "web"}, ports=ports), service("idle", selector={"app": "none"}, ports=ports)
    )
    pod = web(pods)

    def slices(name: str) -> list[dict[str, Any]]:
        label = f"kubernetes.io/service-name={name}"
        return list(json.loads(pods.kubectl("get", "endpointslices", "-l", label, "-o", "json"))["items"])

    (found,) = until(lambda: [each for each in slices("web") if each["endpoints"]])
    assert {port["name"]: port["port"] for port in found["ports"]} == {"a": 8000, "b": 8001}
    (endpoint,) = found["endpoints"]
    assert (endpoint["addresses"], endpoint["nodeName"]) == ([pod["status"]["podIP"]], "node-1")
    (idle,) = until(lambda: slices("idle"))
    assert not idle["endpoints"]
    pods.kubectl("delete", "service", "web", "idle")
    assert until(lambda: not slices("web") and not slices("idle"))


def test_a_service_reaches_the_ports_and_addresses_of_several_slices(pods: Pods) -> None:
    ports = [{"port": 80, "name": "http-a"}, {"port": 81, "name": "http-b"}]
    pods.apply(service("web", ports=ports))
    servers = [web(pods, name)["status"]["podIP"] for name in ("one", "two")]
    for address, port in zip(servers, ports, strict=True):
        pods.apply(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {"name": port["name"], "labels": {"kubernetes.io/service-name": "web"}},
                "addressType": "IPv4",
                "endpoints": [{"addresses": [address], "conditions": {"ready": True}, "nodeName": "node-1"}],
                "ports": [{"name": port["name"], "port": 8000}],
            }
        )
    pods.start("client", shell(FOREVER, image="curlimages/curl"))
    for port, answer in ((80, "one\n"), (81, "two\n")):
        asked = ("exec", "client", "--", "curl", "-sf", f"http://web:{port}/hostname")
        assert until(lambda asked=asked, answer=answer: pods.run(*asked).stdout == answer), port
