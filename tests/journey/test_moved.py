"""Files are used as they are, but for the namespace that they name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canarylab.journey import moved

CANARY = {
    "kind": "Canary",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {}, "analysis": {}},
}


def of(text: str, home: str = "shop") -> str:
    item = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"text": text}}
    return str(moved.to("test-1", (CANARY, item), home)[1]["data"]["text"])


def test_hosts_of_the_applications_own_services_move() -> None:
    assert of("hey http://web-canary.shop:80/ web.shop") == "hey http://web-canary.test-1:80/ web.test-1"
    assert of("http://web-primary.shop.svc.cluster.local") == "http://web-primary.test-1.svc.cluster.local"


def test_other_hosts_stay() -> None:
    for text in ("flagger-loadtester.shop", "my-web.shop", "web.shop.example.com", "web.shop-2", "a.web.shop", "web"):
        assert of(f"http://{text}/") == f"http://{text}/"


def test_references_and_accounts_move_with_the_objects() -> None:
    items = (
        CANARY,
        {"kind": "MetricTemplate", "metadata": {"name": "m", "namespace": "shop"}},
        {"kind": "RoleBinding", "metadata": {"name": "r"}, "subjects": [{"name": "a", "namespace": "shop"}]},
        {"kind": "MetricTemplate", "metadata": {"name": "n", "namespace": "istio-system"}},
    )
    canary, metric, binding, other = moved.to("test-1", items, "shop")
    assert canary["metadata"]["namespace"] == metric["metadata"]["namespace"] == "test-1"
    assert binding["subjects"] == [{"name": "a", "namespace": "test-1"}]
    assert other == items[3]


def test_the_namespace_itself_is_left_out() -> None:
    assert moved.to("t", (CANARY, {"kind": "Namespace", "metadata": {"name": "shop"}}), "shop") == moved.to(
        "t", (CANARY,), "shop"
    )


@given(st.text(), st.sampled_from(["", "shop"]))
def test_a_text_without_a_host_of_the_application_is_as_it_was(text: str, home: str) -> None:
    assert of(text.replace("shop", ""), home) == text.replace("shop", "")
