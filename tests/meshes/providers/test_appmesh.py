"""App Mesh's VirtualServices and VirtualRouters, as Flagger writes them, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest
import yaml

from canarylab.meshes import providers
from canarylab.meshes.providers import appmesh
from canarylab.meshes.routing import Rule
from canarylab.model.canary import Canary

Json = dict[str, Any]
NAMES = {"appmesh": "appmesh", "appmesh:v1beta2": "appmeshv1beta2"}
SUPERGLOO = sorted((Path(__file__).parents[2] / "supergloo/golden/appmesh").glob("*.out.yaml"))
CASES = [(name, case) for name, files in NAMES.items() for case in goldens.cases(files)]


def service(*routes: Json, **spec: Json) -> Json:
    """A VirtualService of v1beta1 whose routes lead to one node each."""
    return {"metadata": {"name": "web.shop", "namespace": "shop"}, "spec": {"routes": list(routes), **spec}}


def route(node: str, *, priority: int | None = None, prefix: str = "/", headers: tuple[Json, ...] = ()) -> Json:
    match: Json = {"prefix": prefix, **({"headers": list(headers)} if headers else {})}
    action = {"weightedTargets": [{"virtualNodeName": node, "weight": 100}]}
    there = {} if priority is None else {"priority": priority}
    return {"name": node, "http": {"match": match, "action": action}, **there}


def matches(*headers: Json, prefix: str = "/") -> list[Json]:
    found = appmesh.read_service(service(route("web-canary", prefix=prefix, headers=headers)))
    assert found is not None
    return list(found.rules[0].matches)


@pytest.mark.parametrize(("name", "case"), CASES, ids=goldens.ids(CASES))
def test_what_flagger_wrote_is_translated_as_approved(name: str, case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(providers.get(name), goldens.read(case)))


@pytest.mark.parametrize(("name", "case"), CASES, ids=goldens.ids(CASES))
def test_what_flagger_wrote_is_taken(name: str, case: Path) -> None:
    assert [goldens.refusals(providers.get(name), one) for one in goldens.read(case)] == [[]] * len(goldens.read(case))


@pytest.mark.parametrize("name", NAMES)
def test_what_flagger_does_not_write_is_refused(name: str) -> None:
    item = goldens.routes(providers.get(name), goldens.read(goldens.cases(NAMES[name])[0]))[0]
    item["spec"]["colour"] = "blue"
    item["spec"]["routes"][0]["tcp"] = {}
    assert len(goldens.refusals(providers.get(name), item)) == 2


def test_the_metrics_are_recorded_as_approved() -> None:
    goldens.approve(goldens.HERE / "appmesh.rules.yaml", goldens.rules(appmesh.V1BETA1))
    assert appmesh.V1BETA2.records == appmesh.V1BETA1.records


def test_the_route_of_a_canary_is_called_as_each_version_calls_it() -> None:
    spec = {"targetRef": {"kind": "Deployment", "name": "web"}, "service": {"port": 80}}
    canary = Canary.parse({"metadata": {"name": "c", "namespace": "shop"}, "spec": spec})
    called = [one.route.called(canary) for one in appmesh.PROVIDERS if one.route]
    assert called == ["web.shop", "web"]


def test_the_route_with_the_lowest_priority_counts_first_and_one_without_last() -> None:
    found = appmesh.read_service(service(route("a"), route("b", priority=20), route("c", priority=0)))
    assert found is not None
    assert [list(rule.weights) for rule in found.rules] == [["c"], ["b"], ["a"]]


def test_a_service_of_the_other_version_says_nothing() -> None:
    assert appmesh.read_service({"metadata": {"name": "web", "namespace": "shop"}, "spec": {"provider": {}}}) is None


def test_a_path_and_headers_have_to_match_together() -> None:
    wanted = {"uri": {"prefix": "/api"}, "headers": {"x-a": {"exact": "1"}, "x-b": {"regex": ".*2"}}}
    headers = ({"name": "x-a", "match": {"exact": "1"}}, {"name": "x-b", "match": {"regex": ".*2"}})
    assert matches(*headers, prefix="/api") == [wanted]


def test_a_suffix_becomes_a_regular_expression() -> None:
    assert matches({"name": "x-a", "match": {"suffix": ".com"}}) == [{"headers": {"x-a": {"regex": r".*\.com"}}}]


def read_route(match: Json, target: Json | None = None, **route: Json) -> Rule:
    """The one rule of a VirtualRouter."""
    targets = [{"virtualNodeRef": {"name": "web-canary"}, "weight": 100, **(target or {})}]
    made = {"match": match, "action": {"weightedTargets": targets}, **route}
    item = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"routes": [{"name": "r", "http2Route": made}]}}
    found = appmesh.read_router(item)
    assert found is not None
    return found.rules[0]


@pytest.mark.parametrize("file", SUPERGLOO, ids=lambda file: file.name.partition(".")[0])
def test_what_supergloo_writes_is_taken(file: Path) -> None:
    objects = yaml.safe_load(file.read_text())["objects"]
    assert [goldens.refusals(appmesh.V1BETA2, one) for one in objects] == [[]] * len(objects)


def test_all_that_a_route_can_ask_is_asked() -> None:
    query = [{"name": "half", "match": {"exact": "1"}}, {"name": "any"}]
    rule = read_route({"path": {"exact": "/a"}, "method": "GET", "port": 80, "queryParameters": query})
    assert rule.matches == (
        {
            "uri": {"exact": "/a"},
            "method": {"exact": "GET"},
            "port": 80,
            "queryParams": {"half": {"exact": "1"}, "any": {"regex": ".*"}},
        },
    )
    assert read_route({"path": {"regex": "/v[0-9]"}}).matches == ({"uri": {"regex": "/v[0-9]"}},)


def test_a_node_may_be_in_another_namespace_and_have_a_port() -> None:
    rule = read_route({}, {"virtualNodeRef": {"name": "web", "namespace": "next"}, "port": 81})
    assert rule.weights == {"web.next": 100}
    assert rule.destinations == {"web.next": {"host": "web.next.svc.cluster.local", "port": {"number": 81}}}


def test_timeouts_and_retries_are_played() -> None:
    events = {"httpRetryEvents": ["server-error", "client-error"], "tcpRetryEvents": ["connection-error"]}
    policy = {"maxRetries": 2, "perRetryTimeout": {"unit": "s", "value": 1}, **events}
    rule = read_route({}, timeout={"perRequest": {"unit": "ms", "value": 1500}}, retryPolicy=policy)
    retries = {"attempts": 2, "perTryTimeout": "1s", "retryOn": "5xx,retriable-4xx,connect-failure"}
    assert rule.treated == {"timeout": "1500ms", "retries": retries}


def test_two_conditions_on_one_header_are_met_by_nobody() -> None:
    headers = ({"name": "x-a", "match": {"exact": "1"}}, {"name": "x-a", "match": {"exact": "2"}})
    assert matches(*headers) == [{"headers": {"x-a": {"exact": "1"}}, "withoutHeaders": {"x-a": {"exact": "1"}}}]
