"""One test's namespace on the mesh: backends, routes, and a client pod that takes orders.

Orders go to the client pod through the API server's own proxy, so the requests themselves are sent from a pod,
by name, as an application sends them. Nothing sleeps for a time: what a test waits for is seen in an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes import client

from canarylab.kube import apply, rest
from canarylab.model.binomial import bounds

Json = dict[str, Any]

BOUND = 30.0  # seconds until a configuration shows, on a busy machine
_ASKER = (Path(__file__).parent / "asker.py").read_text()
MARK = "x-route"
_NOT_YET = (400, 404, 500, 502, 503)  # what the API server's proxy says of a pod that has not started
PODINFO = ["./podinfo", "--port=9898", "--level=error"]


@dataclass
class Shop:
    """A namespace with its client."""

    api: client.ApiClient
    namespace: str

    def add(self, *objects: Json, namespace: str = "") -> None:
        apply.apply(self.api, objects, namespace=namespace or self.namespace)

    def open(self) -> None:
        """Starts the client."""
        self.add(pod("client", "python:3.11", ["python3", "-c", _ASKER]))

    def ask(
        self, url: str, *, until: Iterable[Json] = ({"status": 200},), count: int = 1, headers: Json | None = None
    ) -> list[Json]:
        """Answers to ``count`` requests, sent after one answer to each description in ``until`` was seen."""
        order = {"url": url, "until": list(until), "count": count, "headers": headers or {}, "bound": BOUND}
        told = self._order(order)
        assert "answers" in told, f"{url}: within {BOUND} s no answer like {told['missing']}; the last: {told['last']}"
        answers: list[Json] = told["answers"]
        return answers

    def seen(self, url: str, wanted: Json, *, headers: Json | None = None) -> None:
        """Returns when an answer fits; fails at the bound."""
        self.ask(url, until=[wanted], count=0, headers=headers)

    def exchange(self, host: str, port: int, text: str) -> str:
        """Bytes over TCP, tried until the other side is there."""
        deadline = time.monotonic() + BOUND
        while (told := self._order({"host": host, "port": port, "send": text})).get("received", "") == "":
            assert time.monotonic() < deadline, told
        return str(told["received"])

    def address(self, name: str) -> str:
        """The address of a pod, as soon as it has one."""
        where, deadline = apply.path("v1", "pods", self.namespace, name), time.monotonic() + BOUND
        while not (address := rest.send(self.api, "GET", where)["status"].get("podIP")):
            assert time.monotonic() < deadline, f"pod {name} has no address"
            time.sleep(0.1)
        return str(address)

    def _order(self, order: Json) -> Json:
        where = apply.path("v1", "pods", self.namespace, "client:8080") + "/proxy/"
        deadline = time.monotonic() + BOUND
        while True:
            try:
                return rest.send(self.api, "POST", where, body=order)
            except rest.Refused as error:
                if error.status not in _NOT_YET or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


def pod(name: str, image: str, command: list[str], **labels: str) -> Json:
    container = {"name": "main", "image": image, "command": command}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}


def revision(version: str, app: str = "podinfo") -> Json:
    """A pod of podinfo whose /version answers ``version``."""
    image = f"ghcr.io/stefanprodan/podinfo:{version}"
    return pod(f"{app}-{version}", image, PODINFO, app=app, version=version)


def service(name: str, selector: Json, *, port: int = 9898, port_name: str = "http") -> Json:
    spec = {"selector": selector, "ports": [{"name": port_name, "port": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def revisions(*versions: str) -> list[Json]:
    """Pods of podinfo, a Service podinfo-VERSION for each, and the Service podinfo before all of them."""
    each = [service(f"podinfo-{version}", {"app": "podinfo", "version": version}) for version in versions]
    return [*map(revision, versions), *each, service("podinfo", {"app": "podinfo"})]


def istio(kind: str, name: str, spec: Json) -> Json:
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def to(host: str, weight: int | None = None, **rest_of: Any) -> Json:
    """A destination of a VirtualService's route."""
    where = {"destination": {"host": host, **rest_of}}
    return where if weight is None else {**where, "weight": weight}


def virtual_service(*http: Json, host: str = "podinfo", mark: str = "on", **more: Any) -> Json:
    """A VirtualService whose answers carry the header x-route, by which a client knows that it is in effect."""
    marked = [{**one, "headers": {"response": {"set": {MARK: mark}}}} for one in http]
    return istio("VirtualService", host.partition(".")[0], {"hosts": [host], "http": marked, **more})


def http_route(parent: Json, **more: Any) -> Json:
    """A route of the Gateway API with the same mark: 80 parts to podinfo-a, 20 to podinfo-b."""
    backends = [
        {"name": f"podinfo-{version}", "port": 9898, "weight": weight} for version, weight in (("a", 80), ("b", 20))
    ]
    mark = {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [{"name": MARK, "value": "on"}]}}
    rule = {"backendRefs": backends, "filters": [mark]}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "podinfo"},
        "spec": {"parentRefs": [parent], "rules": [rule], **more},
    }


def assert_share(draw: Callable[[], int], count: int, share: float) -> None:
    """Whether the hits among ``count`` answers lie within the 99% bounds of their share.

    One honest draw of a hundred does not: it is repeated once, and two in a row are no chance.
    """
    low, high = bounds(count, share)
    drawn = [draw()]
    if not low <= drawn[0] <= high:
        drawn.append(draw())
    assert low <= drawn[-1] <= high, f"{drawn} of {count} at a share of {share}: outside {low} to {high}"
