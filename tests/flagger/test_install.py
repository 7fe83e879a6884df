"""Flagger's own manifests: what is changed of them, and that the rest stays as it was rendered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canarylab import flagger, meshes
from canarylab.clusters.local import layout
from canarylab.kube.parts import Part
from canarylab.toolchain import ProgramInfo, Toolset

# Tells which folder it was asked to build, by a Service of that name, beside the Deployments of Flagger.
KUBECTL = """#!/bin/sh
cat <<END
{apiVersion: v1, kind: Service, metadata: {name: $(basename "$2"), namespace: test}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: flagger, namespace: test}
spec:
  template:
    spec:
      containers:
      - {name: flagger, args: [-mesh-provider=istio, -log-level=info], readinessProbe: {exec: {command: [wget]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: flagger-prometheus, namespace: test}
spec: {template: {spec: {containers: [{name: p, args: [--storage.tsdb.retention=2h, --config.file=x]}]}}}
---
{apiVersion: v1, kind: Service, metadata: {name: flagger-prometheus, namespace: test}, spec: {ports: [{port: 9090}]}}
END
"""


def container(part: Part, name: str) -> dict[str, Any]:
    [found] = [one for one in part.objects if (one["kind"], one["metadata"]["name"]) == ("Deployment", name)]
    return dict(found["spec"]["template"]["spec"]["containers"][0])


@pytest.fixture
def toolset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toolset:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    for folder in ("istio", "kubernetes", "tester", "podinfo"):
        (tmp_path / "share/flagger/kustomize" / folder).mkdir(parents=True)
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL)
    program.chmod(0o755)
    return Toolset("k", {"kubectl": ProgramInfo("kubectl", program, "m", "v1", "0", "wheel")}, (tmp_path / "share",))


@pytest.mark.parametrize(("mesh", "overlay"), [("istio", "istio"), ("none", "kubernetes")])
def test_flagger_is_installed_by_its_own_overlay_of_the_mesh(toolset: Toolset, mesh: str, overlay: str) -> None:
    chosen = meshes.get(mesh)
    around, itself = flagger.parts(toolset, chosen)
    assert [item["metadata"]["name"] for item in around.objects] == [
        chosen.namespace, overlay, "flagger-prometheus", "flagger-prometheus",
    ]  # fmt: skip
    assert [item["metadata"]["name"] for item in itself.objects] == ["flagger"]
    assert itself.objects[0]["metadata"]["namespace"] == "test"  # as it was rendered


@pytest.mark.parametrize("mesh", [name for name in meshes.names() if meshes.get(name).overlay])
def test_flagger_starts_after_the_metrics_that_it_asks_for_at_its_start(toolset: Toolset, mesh: str) -> None:
    around, itself = flagger.parts(toolset, meshes.get(mesh))
    assert (around.after, itself.after) == ((), meshes.get(mesh).metrics)
    assert {"mesh", "node-proxy"} & set(itself.after)


def test_flagger_is_not_installed_where_others_are_to_bring_it(toolset: Toolset) -> None:
    assert flagger.parts(toolset, meshes.get("supergloo")) == []


def test_flagger_and_its_load_tester_are_asked_for_their_readiness_over_http(toolset: Toolset) -> None:
    for part in (flagger.parts(toolset, meshes.get("istio"))[1], flagger.tester(toolset)):
        probe = container(part, "flagger")["readinessProbe"]
        assert (probe["httpGet"], probe["periodSeconds"]) == ({"path": "/healthz", "port": 8080}, 1)


@pytest.mark.parametrize(("mesh", "provider"), [("linkerd", "linkerd"), ("linkerd,osm", "istio"), ("all", "istio")])
def test_flagger_is_started_with_the_one_provider_that_was_chosen(toolset: Toolset, mesh: str, provider: str) -> None:
    args = container(flagger.parts(toolset, meshes.get(mesh))[1], "flagger")["args"]
    assert args == ["-log-level=info", f"-mesh-provider={provider}"]


def test_a_flag_of_prometheus_2_gets_its_name_of_3(toolset: Toolset) -> None:
    args = container(flagger.parts(toolset, meshes.get("none"))[0], "flagger-prometheus")["args"]
    assert args == ["--storage.tsdb.retention.time=2h", "--config.file=x"]


def test_the_way_in_from_the_host_leads_to_flaggers_own_prometheus(toolset: Toolset) -> None:
    service = flagger.parts(toolset, meshes.get("none"))[0].objects[-1]
    assert (service["kind"], service["spec"]["clusterIP"]) == ("Service", layout.RELAYS["prometheus"][0])


def test_what_is_remembered_stays_as_it_was_rendered(toolset: Toolset, tmp_path: Path) -> None:
    flagger.tester(toolset)
    kept = [json.loads(file.read_text()) for file in (tmp_path / "cache/rendered").glob("*.json")]
    assert {item["metadata"]["namespace"] for items in kept for item in items} == {"test"}
    assert "exec" in kept[0][1]["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
