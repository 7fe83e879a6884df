"""Contour's HTTPProxies, as Flagger writes them, are read; its manifests are Contour's own but for what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.kube.parts import Part
from canarylab.meshes import contour as own
from canarylab.meshes.providers import contour
from canarylab.toolchain import Toolset

Json = dict[str, Any]
CASES = goldens.cases("contour")
MANIFEST = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: envoy, namespace: projectcontour}
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 300
      containers:
      - {name: shutdown-manager}
      - name: envoy
        args: [-c, /config/envoy.json]
        lifecycle: {preStop: {httpGet: {path: /shutdown, port: 8090}}}
        ports: [{containerPort: 8080, hostPort: 80, name: http}, {containerPort: 8002, name: metrics}]
        readinessProbe: {httpGet: {path: /ready, port: 8002}, initialDelaySeconds: 3, periodSeconds: 4}
---
apiVersion: v1
kind: Service
metadata: {name: envoy, namespace: projectcontour}
spec: {ports: [{port: 80, name: http, targetPort: 8080}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: contourdeployments.projectcontour.io}
"""


def told(objects: list[Json]) -> Json:
    """What is read of each HTTPProxy by its name."""
    found = {one["metadata"]["name"]: contour.read(one) for one in objects}
    return {
        name: routing and [{"weights": dict(rule.weights), "matches": list(rule.matches)} for rule in routing.rules]
        for name, routing in found.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_read_as_approved(case: Path) -> None:
    goldens.approve(goldens.out(case), told(goldens.read(case)))


def test_services_without_any_weight_share_alike() -> None:
    item = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"routes": [{"services": [{"name": "a"}]}]}}
    assert told([item]) == {"web": [{"weights": {"a": 1}, "matches": []}]}


def test_users_ask_contours_envoy_for_a_name_of_the_canarys_own() -> None:
    app = played.by(contour.PROVIDER, podinfo("shop"))
    [host] = [one for one in app.objects if one["kind"] == "HTTPProxy"]
    assert host["spec"]["virtualhost"]["fqdn"] == "podinfo.shop.example.com"
    assert host["spec"]["includes"][0]["name"] == "podinfo"
    assert {(one.host, one.headers["Host"]) for one in app.crowds} == {
        ("envoy.projectcontour:80", "podinfo.shop.example.com")
    }


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Part]:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path))
    (tmp_path / "contour" / "manifests").mkdir(parents=True)
    (tmp_path / "contour" / "manifests" / "all.yaml").write_text(MANIFEST)
    return own.parts(Toolset("k", {}, (tmp_path,)))


def test_contours_envoy_is_alone_in_its_pod_is_scraped_and_comes_after_contour(parts: list[Part]) -> None:
    control, proxy = parts
    (daemon_set,) = proxy.objects
    (envoy,) = daemon_set["spec"]["template"]["spec"]["containers"]
    assert envoy["name"] == "envoy"
    assert [port["name"] for port in envoy["ports"]] == ["http", "http-envoy-prom"]
    assert "hostPort" not in envoy["ports"][0]
    assert envoy["args"][:2] == ["-c", "/config/envoy.json"]
    assert "--disable-hot-restart" in envoy["args"]
    assert proxy.after == ("contour", "mesh")
    assert [one["kind"] for one in control.objects] == ["Service"]


def test_what_comes_for_contours_envoy_is_passed_on_as_bytes(parts: list[Part]) -> None:
    (service,) = parts[0].objects
    assert service["spec"]["ports"] == [{"port": 80, "name": "http", "targetPort": 8080, "appProtocol": "tcp"}]
