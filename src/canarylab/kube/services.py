"""Services that answer HTTP, as the API server's proxy reaches them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from canarylab.kube.apply import path

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

    def __str__(self) -> str:
        return f"{self.name}.{self.namespace}:{self.port}"


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
