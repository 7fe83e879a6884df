"""The metrics-server is installed by its own manifests, but for its options and how soon it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from canarylab.meshes import metricsserver
from canarylab.toolchain import ProgramInfo, Toolset

ARGS = ["--secure-port=10250", "--metric-resolution=15s"]


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/readyz", "port": "https"}, "initialDelaySeconds": 20, "periodSeconds": 10}
    given = {"name": "metrics-server", "image": "staging:master", "args": ARGS, "readinessProbe": probe}
    item = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [given]}}}}
    monkeypatch.setattr(metricsserver.rendered, "kustomization", lambda *_: [item, {"kind": "APIService"}])
    (tmp_path / "metrics-server" / "manifests").mkdir(parents=True)
    program = ProgramInfo("metrics-server", tmp_path, "m", "v0.9.0", "0", "built")
    (part,) = metricsserver.parts(Toolset("k", {"metrics-server": program}, (tmp_path,)))
    deployment, service = part.objects
    assert service == {"kind": "APIService"}
    assert given["args"] == ARGS, "what was rendered is remembered, and must stay as it was"
    (changed,) = deployment["spec"]["template"]["spec"]["containers"]
    return dict(changed)


def test_its_image_is_the_version_that_was_built(container: dict[str, Any]) -> None:
    assert container["image"] == "registry.k8s.io/metrics-server/metrics-server:v0.9.0"


def test_it_asks_as_often_as_it_can_and_verifies_the_kubelet(container: dict[str, Any]) -> None:
    assert container["args"][0] == "--secure-port=10250"
    assert "--metric-resolution=15s" not in container["args"]
    assert "--metric-resolution=10s" in container["args"]
    assert any(one.startswith("--kubelet-certificate-authority=/var/run/secrets/") for one in container["args"])


def test_it_is_asked_each_second_whether_it_is_ready(container: dict[str, Any]) -> None:
    assert (container["readinessProbe"]["initialDelaySeconds"], container["readinessProbe"]["periodSeconds"]) == (0, 1)
