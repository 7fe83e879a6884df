"""A Knative Service is read as Flagger writes it; podinfo becomes one, and Knative is installed as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from canarylab.journey import Change, played
from canarylab.journey.application import Application, podinfo
from canarylab.meshes import knative as own
from canarylab.meshes.providers import knative
from canarylab.toolchain import ProgramInfo, Toolset

Json = dict[str, Any]
CORE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: config-deployment, namespace: knative-serving}
data: {queue-sidecar-image: "ko://knative.dev/serving/cmd/queue"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: knative-serving}
spec:
  template:
    spec:
      containers:
      - image: ko://knative.dev/serving/cmd/controller
        readinessProbe: {httpGet: {port: probes}, periodSeconds: 5}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: activator, namespace: knative-serving}
"""
RIGHTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: gateway-controller}
subjects: [{kind: ServiceAccount, name: traefik-controller, namespace: default}]
"""


def service(*traffic: Json) -> Json:
    return {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"traffic": list(traffic)}}


def test_the_newest_revision_is_the_canary_and_any_other_the_primary() -> None:
    found = knative.read(service({"latestRevision": True, "percent": 30}, {"revisionName": "web-00001", "percent": 70}))
    assert found is not None
    assert dict(found.weights) == {"web-primary": 70, "web-canary": 30}


def test_a_service_that_flagger_has_not_touched_yet_says_nothing() -> None:
    assert knative.read(service({"latestRevision": True, "percent": 100})) is None


def test_podinfo_becomes_a_knative_service_in_the_place_of_its_deployment() -> None:
    app = played.by(knative.PROVIDER, podinfo("shop"))
    assert [(one["apiVersion"], one["kind"]) for one in app.objects] == [("serving.knative.dev/v1", "Service")]
    [container] = app.target["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"containerPort": 9898}]
    assert {(one.host, one.told) for one in app.crowds} == {("podinfo.shop:80", False)}


def test_a_canary_that_has_a_knative_service_is_left_as_it_is() -> None:
    app = played.by(knative.PROVIDER, podinfo("shop"))
    again = played.by(knative.PROVIDER, app)
    assert (again.objects, again.canary) == (app.objects, app.canary)


def test_a_change_of_a_knative_service_is_the_whole_container() -> None:
    app: Application = played.by(knative.PROVIDER, podinfo("shop"))
    patch = app.patch(Change(tag="6.9.1", env={"A": "1"}))
    [container] = patch["spec"]["template"]["spec"]["containers"]
    assert container["image"].endswith(":6.9.1")
    assert container["ports"] == [{"containerPort": 9898}]
    assert container["env"] == [{"name": "A", "value": "1"}]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Json]:
    """What is installed, by kind and name."""
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path))
    for folder in (*own.FOLDERS, "traefik/reference"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "knative/core" / "core.yaml").write_text(CORE)
    (tmp_path / "traefik/reference" / "kubernetes-knative-rbac.yml").write_text(RIGHTS)
    versions = {"knative-controller": "v0.42.2", "traefik": "v3.7.13"}
    programs = {name: ProgramInfo(name, tmp_path, "m", version, "0", "built") for name, version in versions.items()}
    parts = own.parts(Toolset("k", programs, (tmp_path,)))
    return {f"{item['kind']}/{item['metadata']['name']}": item for part in parts for item in part.objects}


def test_images_stand_where_mains_are_named(installed: dict[str, Json]) -> None:
    [container] = installed["Deployment/controller"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "gcr.io/knative-releases/knative.dev/serving/cmd/controller:v0.42.2"
    assert installed["ConfigMap/config-deployment"]["data"]["queue-sidecar-image"].endswith("/cmd/queue:v0.42.2")
    assert "ghcr.io" in installed["ConfigMap/config-deployment"]["data"]["registries-skipping-tag-resolving"]
    assert "HorizontalPodAutoscaler/activator" not in installed


def test_traefik_is_the_ingress_with_an_account_of_its_own(installed: dict[str, Json]) -> None:
    [subject] = installed["ClusterRoleBinding/gateway-controller"]["subjects"]
    assert (subject["name"], subject["namespace"]) == ("traefik-controller", "knative-serving")
    [container] = installed["Deployment/traefik-knative"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "traefik:v3.7.13"
    assert "--providers.knative" in container["args"]
