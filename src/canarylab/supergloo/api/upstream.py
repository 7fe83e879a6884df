"""Upstream: a port of a Service, under the name by which rules know it."""

from __future__ import annotations

from pydantic import Field

from canarylab.supergloo.api.data import Data


class KubeUpstream(Data):
    """A port of a Service of Kubernetes."""

    service_name: str
    """The Service."""
    service_namespace: str
    """Its namespace."""
    service_port: int
    """The port's number."""
    selector: dict[str, str] = Field(default_factory=dict)
    """The labels of its pods; with more labels than the Service has, a subset of them."""


class Upstream(Data):
    """Somewhere that requests can go to."""

    kube: KubeUpstream
    """A port of a Service of Kubernetes."""
