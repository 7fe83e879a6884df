"""The registry of meshes, and what each promises to install."""

from __future__ import annotations

import pytest

from canarylab import meshes
from canarylab.clusters.local import layout
from canarylab.errors import UsageError
from canarylab.meshes import base, istio
from canarylab.meshes.served import Served


def test_an_unknown_mesh_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="no mesh named 'istoi'") as refused:
        meshes.get("istoi")
    assert refused.value.next_step == f"choose one of {', '.join(meshes.names())}, all"


@pytest.mark.parametrize("name", ["none", "supergloo"])
def test_a_mesh_that_serves_no_provider_stands_for_none(name: str) -> None:
    assert meshes.chosen(name) == ()


def test_providers_may_be_named_together() -> None:
    chosen = meshes.get("linkerd,osm")
    assert isinstance(chosen, Served)
    assert [one.name for one in chosen.providers] == ["linkerd", "osm"]


@pytest.mark.parametrize("name", meshes.names())
def test_a_mesh_answers_to_its_name(name: str) -> None:
    assert meshes.get(name).name == name


def test_services_whose_addresses_the_host_and_the_pods_know_have_them() -> None:
    parts = [*base.parts(), istio.data_plane(), istio.ingress(), istio.prometheus()]
    found = {
        item["metadata"]["name"]: item["spec"] for one in parts for item in one.objects if item["kind"] == "Service"
    }
    assert found["kube-dns"]["clusterIP"] == layout.DNS_ADDRESS
    assert found["prometheus"]["clusterIP"] == layout.PROMETHEUS_ADDRESS
    assert found["istio-ingressgateway"]["clusterIP"] == layout.INGRESS_ADDRESS


def test_the_validating_webhooks_let_only_the_mesh_controller_through() -> None:
    item = {"kind": "ValidatingWebhookConfiguration", "webhooks": [{"name": "a"}, {"name": "b"}]}
    made = istio._exempting(item)
    expressions = [hook["matchConditions"][0]["expression"] for hook in made["webhooks"]]
    assert expressions == ["request.userInfo.username != 'system:serviceaccount:istio-system:mesh-controller'"] * 2
    assert "matchConditions" not in item["webhooks"][0]


def test_istiod_is_asked_each_second_whether_it_is_ready() -> None:
    container = {"name": "discovery", "readinessProbe": {"httpGet": {"path": "/ready"}, "periodSeconds": 3}}
    item = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [container]}}}}
    [made] = istio._asked_at_once(item)["spec"]["template"]["spec"]["containers"]
    assert made["readinessProbe"] == {"httpGet": {"path": "/ready"}, "periodSeconds": 1, "initialDelaySeconds": 0}
    assert container["readinessProbe"]["periodSeconds"] == 3


def test_the_node_proxy_asks_itself_by_the_address_of_its_own_service() -> None:
    found = {(item["kind"], item["metadata"]["name"]): item for item in istio.data_plane().objects}
    [container] = found["DaemonSet", "mesh"]["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"]["host"] == found["Service", "mesh"]["spec"]["clusterIP"]
