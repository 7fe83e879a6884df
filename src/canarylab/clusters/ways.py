"""Ways from this machine to a program of the cluster that answers JSON over HTTP, such as Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from kubernetes import client

from canarylab.errors import EnvironmentFault
from canarylab.kube import rest
from canarylab.kube.services import Service

Json = dict[str, Any]

_TIMEOUT = 10.0  # seconds for an answer


class Way(Protocol):
    """``where`` it leads to, in words."""

    @property
    def where(self) -> str: ...

    def get(self, path: str, query: Mapping[str, str]) -> Json:
        """The answer to a GET; EnvironmentFault when nothing answers, rest.Refused when the API server lets none by."""
        ...


@dataclass(frozen=True)
class Direct:
    """By a URL that this machine reaches."""

    url: str

    @property
    def where(self) -> str:
        return self.url

    def get(self, path: str, query: Mapping[str, str]) -> Json:
        try:
            answer: Json = requests.get(f"{self.url.rstrip('/')}{path}", params=query, timeout=_TIMEOUT).json()
        except (requests.RequestException, ValueError) as error:
            raise EnvironmentFault(f"nothing answers there: {error}", where=self.url) from error
        return answer


@dataclass(frozen=True)
class Proxied:
    """Through the API server's proxy to a Service."""

    api: client.ApiClient
    service: Service

    @property
    def where(self) -> str:
        return f"{self.service}, through the API server"

    def get(self, path: str, query: Mapping[str, str]) -> Json:
        try:
            return rest.send(self.api, "GET", f"{self.service.proxy}{path}", query=query)
        except ValueError as error:
            raise EnvironmentFault(f"what answers there is no JSON: {error}", where=self.where) from error
