"""``canarylab install`` shows what it would apply, and has SuperGloo's Mesh take TrafficSplits."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from player import Player

from canarylab import toolchain
from canarylab.cli import cli
from canarylab.errors import UsageError
from canarylab.flagger import charts
from canarylab.toolchain import Toolset

MESH = "/apis/supergloo.solo.io/v1/namespaces/supergloo-system/meshes/istio"
PROVIDER = "meshProvider=supergloo:istio.supergloo-system"


@pytest.fixture(autouse=True)
def charts_of_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """One Deployment, called after the values that the chart was given."""

    def objects(_toolset: Toolset, name: str, _namespace: str, settings: list[str]) -> list[dict[str, object]]:
        meta = {"name": name, "annotations": {"settings": " ".join(settings)}}
        return [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta}]

    monkeypatch.setattr(charts, "objects", objects)
    monkeypatch.setattr(toolchain, "provision", lambda _progress: None)


def install(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["install", *arguments])


def test_a_dry_run_asks_no_cluster() -> None:
    told = install("flagger", "--namespace", "mesh", "--set", PROVIDER, "--dry-run")
    assert told.output == "namespace/mesh created (dry run)\ndeployment.apps/flagger created (dry run)\n"
    assert "smi:v1alpha2" in install("flagger", "--set", PROVIDER, "--dry-run", "-o", "yaml").output


def test_each_has_a_namespace_of_its_own_if_none_is_given() -> None:
    assert install("loadtester", "--dry-run").output.startswith("namespace/test ")
    assert install("flagger", "--dry-run").output.startswith("namespace/flagger-system ")


def test_the_mesh_takes_traffic_splits_before_flagger_is_there(player: Player) -> None:
    mesh = {"apiVersion": "supergloo.solo.io/v1", "kind": "Mesh", "metadata": {"name": "istio"}}
    player.on("PATCH", MESH, (200, mesh))
    player.serves("v1", ("Namespace", "namespaces", False))
    player.serves("apps/v1", ("Deployment", "deployments", True))
    for path in ("/api/v1/namespaces/mesh", "/apis/apps/v1/namespaces/mesh/deployments/flagger"):
        player.on("PATCH", path, (200, {"metadata": {"resourceVersion": "1"}}))
    told = install("flagger", "-n", "mesh", "--set", PROVIDER, "--kubeconfig", str(player.kubeconfig))
    assert told.output.splitlines() == [
        "mesh.supergloo.solo.io/istio takes TrafficSplits", "namespace/mesh created", "deployment.apps/flagger created",
    ]  # fmt: skip
    assert player.asked[0][3] == {"spec": {"smiEnabled": True}}


def test_a_mesh_that_is_not_there_is_told_and_nothing_is_installed(player: Player) -> None:
    player.on("PATCH", MESH, (404, {"message": 'meshes.supergloo.solo.io "istio" not found'}))
    told = install("flagger", "--set", PROVIDER, "--kubeconfig", str(player.kubeconfig))
    assert isinstance(told.exception, UsageError)
    assert told.exception.what == 'meshes.supergloo.solo.io "istio" not found'
    assert player.paths("PATCH") == [MESH]


def test_the_metrics_server_has_no_values() -> None:
    told = install("metrics-server", "--set", "a=b", "--dry-run")
    assert isinstance(told.exception, UsageError)


def test_the_metrics_server_is_there_as_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "metrics-server"}}
    monkeypatch.setattr("canarylab.meshes.metricsserver.parts", lambda _toolset: [type("P", (), {"objects": (item,)})])
    told = install("metrics-server", "--dry-run").output.splitlines()
    assert told == ["namespace/kube-system created (dry run)", "serviceaccount/metrics-server created (dry run)"]
