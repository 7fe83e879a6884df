"""Asks Prometheus, by its URL or through the API server's proxy to its Service; nothing else is sent to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.flagger.diagnose import Labels
from canarylab.kube import rest
from canarylab.kube.apply import path

_TIMEOUT = 10.0
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Service:
    """A Service of the cluster that answers HTTP below ``folder``."""

    namespace: str
    name: str
    port: int
    scheme: str = "http"
    folder: str = ""

    @property
    def proxy(self) -> str:
        """Its path at the API server."""
        scheme = "https:" if self.scheme == "https" else ""
        return path("v1", "services", self.namespace, f"{scheme}{self.name}:{self.port}") + f"/proxy{self.folder}"


def service(address: str, namespace: str) -> Service | None:
    """The Service behind an address that Flagger was given; None for an address outside of the cluster.

    A name without a namespace is one of Flagger's own namespace.
    """
    url = urlsplit(address)
    parts = (url.hostname or "").split(".")
    inside = len(parts) <= 2 or parts[2] == "svc"
    if url.scheme not in _PORTS or not parts[0] or not inside or parts[0].isdigit():
        return None
    port = url.port or _PORTS[url.scheme]
    return Service(parts[1] if len(parts) > 1 else namespace, parts[0], port, url.scheme, url.path.rstrip("/"))


Asked = Callable[[str], Sequence[Labels]]


def direct(url: str) -> Asked:
    """Asks at a URL; EnvironmentFault when nothing answers."""

    def ask(query: str) -> Sequence[Labels]:
        try:
            answer = requests.get(f"{url.rstrip('/')}/api/v1/query", params={"query": query}, timeout=_TIMEOUT).json()
        except (requests.RequestException, ValueError) as error:
            raise EnvironmentFault(f"Prometheus does not answer: {error}", where=url) from error
        return series(answer, url)

    return ask


def proxied(api: client.ApiClient, where: Service) -> Asked:
    """Asks through the API server."""

    def ask(query: str) -> Sequence[Labels]:
        answer = rest.send(api, "GET", f"{where.proxy}/api/v1/query", query={"query": query})
        return series(answer, f"{where.name}.{where.namespace}")

    return ask


def series(answer: Any, where: str) -> list[Labels]:
    """The labels of each series of an answer."""
    try:
        if answer["status"] == "success":
            return [one["metric"] for one in answer["data"]["result"]]
        raise EnvironmentFault(f"Prometheus refuses the query: {answer.get('error')}", where=where)
    except (KeyError, TypeError) as error:
        raise EnvironmentFault("what answers is no Prometheus", where=where) from error
