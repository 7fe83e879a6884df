"""An application as a provider plays it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.flagger import LOADTESTER
from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.kube.services import Service
from canarylab.meshes import providers
from canarylab.meshes.provider import Entrance, Setting

LINKERD = providers.get("linkerd")


def test_a_canary_names_its_provider_and_users_ask_the_service() -> None:
    made = played.by(LINKERD, podinfo("shop"))
    assert made.canary["spec"]["provider"] == "linkerd"
    assert [crowd.host for crowd in made.crowds] == ["podinfo.shop:9898"]
    assert made.objects == podinfo("shop").objects


def test_what_a_provider_needs_comes_with_the_application() -> None:
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "podinfo"}}
    needs = replace(LINKERD, setting=lambda canary: Setting({"ingressRef": {"name": canary.apex}}, (ingress,)))
    made = played.by(needs, podinfo("shop"))
    assert made.canary["spec"]["ingressRef"] == {"name": "podinfo"}
    assert made.objects[-1] == ingress


def test_users_of_an_entrance_send_the_name_that_it_knows_the_application_by() -> None:
    at = replace(LINKERD, entrance=lambda _canary: Entrance("envoy.contour:80", "shop.example.com"))
    (crowd,) = played.by(at, podinfo("shop")).crowds
    assert (crowd.host, crowd.headers["Host"]) == ("envoy.contour:80", "shop.example.com")


def test_a_mesh_that_is_a_provider_plays_whatever_names_no_other() -> None:
    plain = podinfo("shop")
    assert played.on("linkerd", plain).canary["spec"]["provider"] == "linkerd"
    assert played.on("istio", plain) is played.on("all", plain) is plain
    other = plain.but(provider="kubernetes")
    assert played.on("linkerd", other) is other


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("http://flagger-loadtester.test/", "http://tester.load:8090/"),
        ("http://flagger-loadtester.test.svc/gate/check", "http://tester.load:8090/gate/check"),
        ("http://flagger-loadtester.testing/", "http://flagger-loadtester.testing/"),
        ("http://my-flagger-loadtester.test/", "http://my-flagger-loadtester.test/"),
        ("https://hooks.example.com/flagger-loadtester.test", "https://hooks.example.com/flagger-loadtester.test"),
    ],
)
def test_webhooks_go_to_the_load_tester_that_is_there(url: str, there: str) -> None:
    app = podinfo("shop").but(analysis={"webhooks": [{"name": "load", "url": url}]})
    made = played.tested_by(Service("load", "tester", 8090), app)
    assert made.canary["spec"]["analysis"]["webhooks"] == [{"name": "load", "url": there}]
    assert played.tested_by(LOADTESTER, app) is app
