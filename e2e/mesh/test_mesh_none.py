"""Without a mesh a ClusterIP still answers, spread over its endpoints, and follows them."""

from __future__ import annotations

import pytest
from shop import Shop, revision, revisions

from canarylab.kube import apply

pytestmark = pytest.mark.mesh("none")
URL = "http://podinfo:9898/version"


def test_a_service_answers_by_name(shop: Shop) -> None:
    shop.add(*revisions("a", "b"))
    answers = shop.ask(URL, until=[{"status": 200, "version": version} for version in "ab"], count=40)
    assert {answer["status"] for answer in answers} == {200}
    assert {answer["version"] for answer in answers} == {"a", "b"}


def test_a_service_follows_its_endpoints(shop: Shop) -> None:
    shop.add(*revisions("a", "b"))
    shop.seen(URL, {"status": 200, "version": "b"})
    apply.delete(shop.api, [revision("b")], namespace=shop.namespace)
    shop.seen("http://podinfo-b:9898/version", {"status": 503})
    assert {answer["version"] for answer in shop.ask(URL, count=40)} == {"a"}
