"""A state folder of the tests' own, and a cluster that is only a server with faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client

from canarylab.faults.site import Site
from canarylab.journey.application import podinfo
from canarylab.model.canary import Canary


@dataclass
class FakeCluster:
    """What faults use of a cluster."""

    kubeconfig: Path
    api_client: Callable[[], client.ApiClient]
    name: str = "fake"
    rung: str = "kind"

    def adapted(self, item: dict[str, Any]) -> dict[str, Any]:
        return item


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder."""
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def cluster(api: client.ApiClient, tmp_path: Path) -> FakeCluster:
    """A cluster whose API server is the faulty one."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(_kubeconfig(api.configuration.host)))
    return FakeCluster(kubeconfig, lambda: api)


@pytest.fixture
def site(cluster: Any) -> Site:
    """podinfo in the namespace ``shop``."""
    app = podinfo("shop")
    return Site(cluster, "istio", "istio-system", "istio-system", app, Canary.parse(app.canary), id="0a0b0c0d")


def _kubeconfig(server: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "fake",
        "clusters": [{"name": "fake", "cluster": {"server": server}}],
        "users": [{"name": "fake", "user": {"token": "none"}}],
        "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
    }
