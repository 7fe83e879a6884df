"""Where Prometheus is, and what its answers say."""

from __future__ import annotations

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.kube.services import Service, service
from canarylab.verify.prometheus import series


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("http://prometheus:9090", Service("mesh", "prometheus", 9090)),
        ("http://prometheus.istio-system:9090", Service("istio-system", "prometheus", 9090)),
        ("http://prometheus.metrics.svc.cluster.local", Service("metrics", "prometheus", 80)),
        ("https://p.metrics.svc:9/prom/", Service("metrics", "p", 9, "https", "/prom")),
        ("https://prometheus.example.com", None),
        ("http://10.0.0.1:9090", None),
        ("", None),
    ],
)
def test_an_address_within_the_cluster_is_a_service(address: str, found: Service | None) -> None:
    assert service(address, "mesh") == found


def test_the_path_through_the_api_server() -> None:
    assert Service("m", "p", 9, "https", "/prom").proxy == "/api/v1/namespaces/m/services/https%3Ap%3A9/proxy/prom"


def test_the_labels_of_each_series() -> None:
    answer = {"status": "success", "data": {"result": [{"metric": {"a": "b"}, "value": [0, "1"]}]}}
    assert series(answer, "p") == [{"a": "b"}]


@pytest.mark.parametrize(("answer", "words"), [({"status": "error", "error": "bad"}, "bad"), ([], "no Prometheus")])
def test_an_answer_that_is_none(answer: object, words: str) -> None:
    with pytest.raises(EnvironmentFault, match=words):
        series(answer, "p")
