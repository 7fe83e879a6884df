"""Flagger by its chart: the provider of old is understood, and the rest of the values is passed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.errors import UsageError
from canarylab.flagger import charts
from canarylab.supergloo.api.data import Ref
from canarylab.toolchain import ProgramInfo, Toolset

# Tells what it was asked for, as a Deployment with a probe of its own.
HELM = """#!/bin/sh
cat <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: "$2", annotations: {asked: "$*"}}
spec: {template: {spec: {containers: [{name: one, readinessProbe: {exec: {command: [wget]}}}]}}}
END
"""


@pytest.fixture
def toolset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toolset:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    share = tmp_path / "share"
    (share / "flagger/charts/flagger/crds").mkdir(parents=True)
    (share / "flagger/charts/loadtester").mkdir()
    kind = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: canaries}}"
    (share / "flagger/charts/flagger/crds/crd.yaml").write_text(kind)
    program = tmp_path / "helm"
    program.write_text(HELM)
    program.chmod(0o755)
    return Toolset("k", {"helm": ProgramInfo("helm", program, "m", "v1", "0", "built")}, (share,))


def test_a_chart_is_rendered_with_its_values_after_its_kinds(toolset: Toolset) -> None:
    kind, flagger = charts.objects(toolset, "flagger", "mesh", ["a=b", "c.d=e"])
    assert kind["kind"] == "CustomResourceDefinition"
    asked = flagger["metadata"]["annotations"]["asked"]
    assert asked.startswith("template flagger ")
    assert asked.endswith("/flagger/charts/flagger --namespace mesh --set a=b --set c.d=e")


def test_the_load_tester_is_called_as_webhooks_call_it(toolset: Toolset) -> None:
    [tester] = charts.objects(toolset, "loadtester", "test", [])
    assert tester["metadata"]["name"] == "flagger-loadtester"


def test_readiness_is_asked_for_over_http(toolset: Toolset) -> None:
    *_, flagger = charts.objects(toolset, "flagger", "mesh", [])
    [container] = flagger["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": 8080}


def test_the_provider_of_old_becomes_smi_s_and_names_a_mesh() -> None:
    given = ["meshProvider=supergloo:istio.supergloo-system", "metricsServer=http://p:9090?a=b"]
    assert charts.driven(given) == (
        ["metricsServer=http://p:9090?a=b", "meshProvider=smi:v1alpha2"],
        Ref(name="istio", namespace="supergloo-system"),
    )


@pytest.mark.parametrize("given", [[], ["meshProvider=istio"], ["meshProvider=smi:v1alpha1", "a=supergloo:b.c"]])
def test_other_values_are_left_as_they_are(given: list[str]) -> None:
    assert charts.driven(given) == (given, None)


@pytest.mark.parametrize("provider", ["supergloo:", "supergloo:istio", "supergloo:.supergloo-system"])
def test_a_provider_without_a_mesh_and_its_namespace_is_refused(provider: str) -> None:
    with pytest.raises(UsageError, match="names no mesh"):
        charts.driven([f"meshProvider={provider}"])
