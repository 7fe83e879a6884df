"""What faults read before they act, what they then send, and how their looks read what the API says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from faulty import FaultyServer

from canarylab import faults
from canarylab.errors import UsageError
from canarylab.faults.application import crash, not_ready
from canarylab.faults.fault import Plan
from canarylab.faults.operator.revising import shown
from canarylab.faults.site import Site
from canarylab.faults.steps import Merge, Post, to_json

SHOP = "/api/v1/namespaces/shop"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
CANARY = "/apis/flagger.app/v1beta1/namespaces/shop/canaries/podinfo"


def pod(name: str, **more: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "podinfod", "readinessProbe": {"periodSeconds": 1, "timeoutSeconds": 5}}]}
    return {"metadata": {"name": name, "uid": f"uid-{name}"}, "spec": spec, **more}


def deployment(name: str, image: str = "podinfo:1") -> dict[str, Any]:
    containers = [{"name": "podinfod", "image": image, "command": ["./podinfo"]}]
    spec = {"selector": {"matchLabels": {"app": name}}, "replicas": 2, "template": {"spec": {"containers": containers}}}
    return {
        "metadata": {"name": name, "generation": 3, "resourceVersion": "1"},
        "spec": spec,
        "status": {"observedGeneration": 3},
    }


def endpoints(*pods: dict[str, Any]) -> dict[str, Any]:
    return {
        "items": [
            {
                "endpoints": [
                    {"targetRef": {"uid": one["metadata"]["uid"]}, "conditions": {"ready": True}} for one in pods
                ]
            }
        ]
    }


@pytest.fixture
def shop(server: FaultyServer) -> FaultyServer:
    """podinfo with two pods and its primary."""
    server.on("GET", f"{DEPLOYMENTS}/podinfo", (200, deployment("podinfo", "podinfo:2")))
    server.on("GET", f"{DEPLOYMENTS}/podinfo-primary", (200, deployment("podinfo-primary")))
    server.on("GET", f"{SHOP}/pods", (200, {"items": [pod("a"), pod("b")]}))
    return server


def planned(site: Site, name: str, **given: Any) -> Plan:
    return faults.make(name, given).plan(site)


def test_each_pod_is_asked_to_be_unready_and_ready_again(site: Site, shop: FaultyServer) -> None:
    plan = planned(site, "not-ready")
    assert [(one.do, one.undo) for one in plan.actions] == [
        (
            Post(f"{SHOP}/pods/{name}%3A9898/proxy/readyz/disable"),
            Post(f"{SHOP}/pods/{name}%3A9898/proxy/readyz/enable"),
        )
        for name in ("a", "b")
    ]
    shop.on("GET", SLICES, (200, endpoints(pod("a"))))
    assert str(plan.look()) == "1 of 2 pods of the canary are no endpoints"
    assert plan.bound == not_ready.patience(pod("a")) + 10 == 19


def test_a_pod_on_its_way_out_is_none(site: Site, shop: FaultyServer) -> None:
    leaving = pod("a")
    leaving["metadata"]["deletionTimestamp"] = "now"
    shop.on("GET", f"{SHOP}/pods", (200, {"items": [leaving]}))
    with pytest.raises(UsageError, match="the canary has no pod"):
        planned(site, "not-ready")


def test_a_crash_is_a_restart_and_its_end_waits_for_the_back_off(site: Site, shop: FaultyServer) -> None:
    plan = planned(site, "crash")
    again = pod("a", status={"containerStatuses": [{"restartCount": 2}]})
    shop.on("GET", f"{SHOP}/pods", (200, {"items": [again, pod("b", status={})]}))
    assert str(plan.look()).startswith("1 of 2 pods")
    look, bound = plan.end()
    assert str(look()) == "2 of 2 pods of the new revision are not ready"
    assert bound == 20 + crash.backoff(2)
    assert [crash.backoff(deaths) for deaths in (0, 1, 9)] == [10, 20, 300]


def test_a_target_that_is_no_workload_has_no_pods(site: Site) -> None:
    with pytest.raises(UsageError, match="targets a Service"):
        planned(replace(site, canary=replace(site.canary, kind="Service")), "not-ready")


def test_a_killed_pod_is_gone_by_its_uid(site: Site, shop: FaultyServer) -> None:
    plan = planned(site, "kill-pod")
    assert plan.look().hits == 0
    another = pod("a", status={"conditions": [{"type": "Ready", "status": "True"}]})
    another["metadata"]["uid"] = "another"
    shop.on("GET", f"{SHOP}/pods", (200, {"items": [another, pod("b")]}))
    assert str(plan.look()) == "1 of 1 pod a is gone"
    assert str(plan.end()[0]()) == "1 of 2 pods wanted are not ready"


def test_the_canary_is_edited_and_comes_back(site: Site, server: FaultyServer) -> None:
    before = {"metadata": {"generation": 1}, "spec": {"service": {"port": 80}, "skipAnalysis": True}}
    patch = {"spec": {"service": {"timeout": "5s"}, "skipAnalysis": None}}
    after = {"metadata": {"generation": 2}, "spec": {"service": {"port": 80, "timeout": "5s"}}}
    server.on("GET", CANARY, (200, before), (200, before), (200, after))
    plan = planned(site, "canary-edited", patch=patch)
    assert plan.actions[0].undo == Merge(CANARY, {"spec": {"service": {"timeout": None}, "skipAnalysis": True}})
    assert [plan.look().hits, plan.look().hits] == [0, 1]


def test_a_service_that_flagger_sets_back_too_soon_is_edited_again(site: Site, shop: FaultyServer) -> None:
    where = f"{SHOP}/services/podinfo"
    shop.on("GET", where, (200, {"metadata": {}, "spec": {"selector": {"app": "podinfo-primary"}}}))
    shop.on("PATCH", where, (200, {}))
    shop.on("GET", SLICES, (200, endpoints(pod("a"), pod("b"))), (200, endpoints(pod("c"))))
    plan = planned(site, "service-edited")
    assert [plan.look().hits, plan.look().hits] == [0, 1]
    assert [body for method, _, _, body in shop.asked if method == "PATCH"] == [
        {"spec": {"selector": {"app": "podinfo"}}}
    ] * 2
    assert str(plan.end()[0]()).startswith("1 of 1")


def test_a_config_map_has_to_be_tracked(site: Site, server: FaultyServer) -> None:
    server.on("GET", f"{SHOP}/configmaps/settings", (200, {"metadata": {}, "data": {"a": "1"}}))
    server.on("GET", CANARY, (200, {"status": {"trackedConfigs": {"configmap/other": "x"}}}))
    with pytest.raises(UsageError, match="does not track"):
        planned(site, "config-changed", configmap="settings", key="a", value="2")


def test_flagger_itself_tells_that_a_config_map_has_changed(site: Site, server: FaultyServer) -> None:
    server.on(
        "GET", f"{SHOP}/configmaps/settings", (200, {"metadata": {}, "data": {"a": "1"}}), (200, {"data": {"a": "2"}})
    )
    sums = [(200, {"status": {"trackedConfigs": {"configmap/settings": value}}}) for value in ("x", "x", "y")]
    server.on("GET", CANARY, *sums)
    plan = planned(site, "config-changed", configmap="settings", key="a", value="2")
    assert [plan.look().hits, plan.look().hits, plan.end()[0]().hits] == [0, 1, 1]


def test_the_image_goes_back_to_the_primarys(site: Site, shop: FaultyServer) -> None:
    (action,) = planned(site, "image-reverted").actions
    assert isinstance(action.do, Merge)
    assert action.do.patch["spec"]["template"]["spec"]["containers"] == [{"name": "podinfod", "image": "podinfo:1"}]
    assert isinstance(action.undo, Merge)
    assert action.undo.patch["spec"]["template"]["spec"]["containers"][0]["image"] == "podinfo:2"
    shop.on("GET", f"{DEPLOYMENTS}/podinfo", (200, deployment("podinfo")))
    with pytest.raises(UsageError, match="has the primary's image already"):
        planned(site, "image-reverted")


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ({"image": "podinfo:1"}, True),
        ({"image": "podinfo:2"}, False),
        ({"command": ["./podinfo"]}, True),
        ({"command": ["./podinfo", "--x"]}, False),
        ({"env": [{"name": "A", "value": "1"}]}, False),
    ],
)
def test_a_revision_is_seen_by_what_its_container_has(wanted: dict[str, Any], seen: bool) -> None:
    item = deployment("podinfo")
    assert shown(item, {"name": "podinfod", **wanted}) == seen
    assert not shown({**item, "status": {"observedGeneration": 2}}, {"name": "podinfod", **wanted})


def test_an_autoscaler_has_its_maximum_and_its_replicas_back(site: Site, shop: FaultyServer) -> None:
    where = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web"
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "podinfo"}
    shop.on("GET", where, (200, {"metadata": {}, "spec": {"minReplicas": 1, "maxReplicas": 4, "scaleTargetRef": ref}}))
    plan = planned(site, "hpa-minimum", hpa="web")
    undo = [to_json(action.undo)["patch"]["spec"] for action in reversed(plan.actions) if action.undo]
    assert undo == [{"maxReplicas": 4}, {"replicas": 2}]
    assert (plan.look().hits, plan.end()[0]().hits) == (0, 0)


def test_a_template_answers_as_prometheus_says(site: Site, server: FaultyServer) -> None:
    where = "/apis/flagger.app/v1beta1/namespaces/shop/metrictemplates/any"
    asked = "/api/v1/namespaces/istio-system/services/prometheus%3A9090/proxy/api/v1/query"
    template = {"metadata": {}, "spec": {"provider": {"type": "prometheus"}, "query": "vector(1)"}}
    server.on("GET", where, (200, template))
    plan = planned(site, "metric-answer", template="any", answer="nan")
    assert plan.look().hits == 0
    server.on("GET", where, (200, {"spec": {**template["spec"], "query": "vector(0) / 0"}}))
    server.on("GET", asked, (200, {"data": {"result": [{"metric": {}, "value": [1, "NaN"]}]}}))
    assert str(plan.look()) == "1 of 1 answer to the template's query is nan"
    server.on("GET", asked, (200, {"data": {"result": []}}))
    assert plan.look().hits == 0


def test_what_is_flaggers_own_is_left_alone(site: Site, server: FaultyServer) -> None:
    owner = {"ownerReferences": [{"kind": "Canary", "name": "podinfo"}]}
    server.on("GET", f"{SHOP}/configmaps/settings-primary", (200, {"metadata": owner, "data": {"a": "1"}}))
    with pytest.raises(UsageError, match="ConfigMap settings-primary is Flagger's own"):
        planned(site, "config-changed", configmap="settings-primary", key="a", value="2")


def test_what_is_not_there_is_named(site: Site, server: FaultyServer) -> None:
    with pytest.raises(UsageError, match="there is no MetricTemplate any"):
        planned(site, "metric-answer", template="any")
