"""The TraefikService, as Flagger writes it, is read as Traefik takes it; Traefik is installed as its module says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.meshes import traefik as own
from canarylab.meshes.providers import traefik
from canarylab.toolchain import ProgramInfo, Toolset

Json = dict[str, Any]
CASES = goldens.cases("traefik")
RIGHTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: traefik-ingress-controller}
subjects: [{kind: ServiceAccount, name: traefik-ingress-controller, namespace: default}]
"""
KINDS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: traefikservices.traefik.io}
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_flagger_wrote_is_read_as_approved(case: Path) -> None:
    found = goldens.routes(traefik.PROVIDER, goldens.read(case))
    weights = {one["metadata"]["name"]: dict(traefik.PROVIDER.route.weights(one)) for one in found}
    goldens.approve(goldens.out(case), {"weights": weights})


@pytest.mark.parametrize("spec", [{}, {"weighted": {}}, {"weighted": {"services": [{"name": "another", "weight": 1}]}}])
def test_another_service_says_nothing(spec: Json) -> None:
    assert traefik.read({"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}) is None


def test_a_weight_that_is_left_out_is_1_as_traefik_takes_it() -> None:
    services = [{"name": "web-primary"}, {"name": "web-canary", "weight": 100}]
    found = traefik.read(
        {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"weighted": {"services": services}}}
    )
    assert found is not None
    assert dict(found.weights) == {"web-primary": 1, "web-canary": 100}


def test_flagger_may_write_what_it_writes() -> None:
    [role, binding] = traefik.rights().objects
    assert role["rules"][0]["resources"] == ["traefikservices"]
    assert {"get", "create", "update"} <= set(role["rules"][0]["verbs"])
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "flagger", "namespace": "istio-system"}]


def test_users_ask_traefik_for_a_name_of_the_canarys_own() -> None:
    app = played.by(traefik.PROVIDER, podinfo("shop"))
    [item] = [one for one in app.objects if one["kind"] == "IngressRoute"]
    [route] = item["spec"]["routes"]
    assert (route["match"], route["services"][0]["name"]) == ("Host(`podinfo.shop.example.com`)", "podinfo")
    assert {(one.host, one.headers["Host"]) for one in app.crowds} == {
        ("traefik.traefik:80", "podinfo.shop.example.com")
    }


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Json]:
    """What is installed, by kind."""
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path))
    (tmp_path / own.REFERENCE).mkdir(parents=True)
    (tmp_path / own.REFERENCE / "kubernetes-crd-definition-v1.yml").write_text(KINDS)
    (tmp_path / own.REFERENCE / "kubernetes-crd-rbac.yml").write_text(RIGHTS)
    program = ProgramInfo("traefik", tmp_path, "m", "v3.7.13", "0", "built")
    (part,) = own.parts(Toolset("k", {"traefik": program}, (tmp_path,)))
    return {item["kind"]: item for item in part.objects}


def test_traefiks_account_has_the_rights_of_its_reference(installed: dict[str, Json]) -> None:
    account, binding = installed["ServiceAccount"]["metadata"]["name"], installed["ClusterRoleBinding"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": account, "namespace": "traefik"}]
    assert "CustomResourceDefinition" in installed


def test_traefik_asks_nobody_outside_and_is_scraped(installed: dict[str, Json]) -> None:
    template = installed["Deployment"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert container["image"] == "traefik:v3.7.13"
    assert {"--global.checknewversion=false", "--global.sendanonymoususage=false"} <= set(container["args"])
    assert template["metadata"]["annotations"]["prometheus.io/interval"] == "2s"
