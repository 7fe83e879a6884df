"""What is asked when a rollout did not come through, and what a refusal or an error makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from faulty import FaultyServer
from kubernetes import client
from situations import item

from canarylab.flagger.running import Running
from canarylab.verify import subject
from canarylab.verify.inquiry import Inquiry
from canarylab.verify.stuck import Query

FLAGGER = Running("mesh", "http://prometheus:9090", "istio")
PROXY = "/api/v1/namespaces/mesh/services/prometheus%3A9090/proxy/api/v1/query"
TEMPLATE = "/apis/flagger.app/v1beta1/namespaces/shop/metrictemplates/t"
WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
PODS = "/api/v1/namespaces/shop/pods"
FORBIDDEN = (403, {"message": "forbidden"})
OWN = {"name": "m", "query": 'rate(a{app="{{ target }}"}[{{ interval }}])', "interval": "30s"}
TEMPLATED = {"name": "m", "templateRef": {"name": "t"}, "templateVariables": {"zone": "eu"}}


def about(api: client.ApiClient, metric: dict[str, Any], **more: Any) -> Inquiry:
    one = item(**more)
    one["spec"]["analysis"]["metrics"] = [metric]
    return Inquiry(api, subject.read(one, FLAGGER), FLAGGER)


def answer(*labels: dict[str, str]) -> tuple[int, Any]:
    return 200, {"status": "success", "data": {"result": [{"metric": one, "value": [0, "1"]} for one in labels]}}


def test_a_query_of_the_canarys_own_is_asked_through_the_api_server(
    server: FaultyServer, api: client.ApiClient
) -> None:
    server.on("GET", PROXY, answer({}), answer(), answer({"app": "other"}))
    (found,) = about(api, OWN).queries(["m", "another"])
    assert found.query == 'rate(a{app="web"}[30s])'
    assert found.missing == (
        'no series fits a{app="web"}: the label app is wrong: app="web" fits none, the others have other',
    )
    assert [query["query"] for _, _, query, _ in server.asked] == [
        "count(last_over_time(a[5m]))",
        'last_over_time(a{app="web"}[5m])',
        "count by (app) (last_over_time(a{}[5m]))",
    ]


def test_a_built_in_query_is_flaggers(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", PROXY, answer())
    (found,) = about(api, {"name": "request-duration", "interval": "30s"}).queries(["request-duration"])
    assert found.query.startswith("histogram_quantile(0.99,sum(rate(istio_request_duration_milliseconds_bucket{")
    assert "Prometheus has no metric istio_request_duration_milliseconds_bucket" in found.missing[0]


def test_names_stand_in_it_as_flagger_writes_them(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", PROXY, answer())
    metric, way = {"name": "request-duration", "interval": "30s"}, {"name": "the-way"}
    (found,) = about(api, metric, provider="skipper", ingressRef=way).queries(["request-duration"])
    assert 'route=~"kube(ew)?_shop__the_way_canary__.*__web_canary(_[0-9]+)?"' in found.query


def test_a_query_that_is_not_known_is_told(api: client.ApiClient) -> None:
    (found,) = about(api, {"name": "request-duration"}, provider="unheard-of").queries(["request-duration"])
    assert found.missing == ("request-duration: Flagger's query for the provider unheard-of is not known",)


def test_a_template_is_read_and_asked_where_it_says(server: FaultyServer, api: client.ApiClient) -> None:
    provider = {"type": "prometheus", "address": "http://prometheus.mesh:9090"}
    server.on("GET", TEMPLATE, (200, {"spec": {"provider": provider, "query": 'b{zone="{{ variables.zone }}"}'}}))
    server.on("GET", PROXY, answer())
    (found,) = about(api, TEMPLATED).queries(["m"])
    assert (found.query, found.missing[0].partition(":")[0]) == ('b{zone="eu"}', "Prometheus has no metric b")


@pytest.mark.parametrize(
    ("reply", "words", "right"),
    [
        (FORBIDDEN, "could not be read: forbidden", "metrictemplates.flagger.app"),
        ((404, {"message": "not found"}), "could not be read: not found", ""),
        ((200, {"spec": {"provider": {"type": "datadog"}}}), "asks datadog, not Prometheus", ""),
    ],
)
def test_a_template_that_cannot_be_asked_is_told(
    server: FaultyServer, api: client.ApiClient, reply: tuple[int, Any], words: str, right: str
) -> None:
    server.on("GET", TEMPLATE, reply)
    inquiry = about(api, TEMPLATED)
    assert inquiry.queries(["m"]) == [Query("m", "", (f"m: the MetricTemplate shop/t {words}",))]
    assert [one.resource for one in inquiry.missing] == ([right] if right else [])


@pytest.mark.parametrize(
    ("reply", "words", "right"),
    [
        (FORBIDDEN, "Prometheus was not asked, for lack of rights", "services/proxy"),
        ((503, b"no endpoints available"), "could not be asked: no endpoints available", ""),
        ((200, {"status": "error", "error": "parse error"}), "Prometheus refuses the query: parse error", ""),
    ],
)
def test_a_prometheus_that_cannot_be_asked_is_told(
    server: FaultyServer, api: client.ApiClient, reply: tuple[int, Any], words: str, right: str
) -> None:
    server.on("GET", PROXY, reply)
    inquiry = about(api, OWN)
    (found,) = inquiry.queries(["m"])
    assert words in found.missing[0]
    assert [one.resource for one in inquiry.missing] == ([right] if right else [])


def test_a_prometheus_of_which_nothing_is_known_is_told(api: client.ApiClient) -> None:
    one = item()
    one["spec"]["analysis"]["metrics"] = [OWN]
    (found,) = Inquiry(api, subject.read(one), None).queries(["m"])
    assert "--prometheus" in found.missing[0]


def test_pods_that_are_not_ready_are_told(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", WEB, (200, {"spec": {"selector": {"matchLabels": {"app": "web", "x": "y"}}}}))
    server.on("GET", PODS, (200, {"items": [{"metadata": {"name": "web-1"}, "status": {}}]}))
    inquiry = about(api, OWN)
    assert inquiry.pods()[0] == "pod web-1 is not ready: it has not started yet"
    assert server.asked[1][2] == {"labelSelector": "app=web,x=y"}


def test_pods_that_may_not_be_seen_are_a_right(server: FaultyServer, api: client.ApiClient) -> None:
    server.on("GET", WEB, FORBIDDEN)
    server.on("GET", f"{WEB}-primary", FORBIDDEN)
    inquiry = about(api, OWN)
    assert inquiry.pods() == []
    assert {one.resource for one in inquiry.missing} == {"pods"}
