"""Route objects of several meshes become VirtualServices, one for each host, whoever else claims it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.kube.reconcile import Kind
from canarylab.meshes import providers, served, translation
from canarylab.meshes.provider import Provider, translated

Json = dict[str, Any]
LINKERD, APISIX = providers.get("linkerd"), providers.get("apisix")
NGINX, SKIPPER = providers.get("nginx"), providers.get("skipper")

weights = st.integers(0, 100)
names = st.sampled_from(["web", "shop", "a"])


def meta(name: str, made: int, namespace: str = "shop") -> Json:
    return {"name": name, "namespace": namespace, "creationTimestamp": f"2026-01-01T00:00:{made:02}Z"}


def split(name: str, canary: int = 30, made: int = 1, of: str = "web", namespace: str = "shop") -> Json:
    backends = [{"service": f"{of}-primary", "weight": 100 - canary}, {"service": f"{of}-canary", "weight": canary}]
    return {"metadata": meta(name, made, namespace), "spec": {"service": of, "backends": backends}}


def route(name: str, made: int) -> Json:
    backends = [{"serviceName": f"{name}-primary", "weight": 100}, {"serviceName": f"{name}-canary", "weight": 0}]
    return {"metadata": meta(name, made), "spec": {"http": [{"name": "all", "backends": backends}]}}


def decided(*splits: Json, others: tuple[Json, ...] = ()) -> list[Json]:
    world = {"TrafficSplit.v1alpha1": splits, "ApisixRoute": others}
    return list(translation.decide([LINKERD, APISIX], world).objects)


def shares(item: Json) -> dict[str, int]:
    (rule,) = item["spec"]["http"]
    return {one["destination"]["host"].partition(".")[0]: one["weight"] for one in rule["route"]}


def test_a_host_is_that_of_the_service() -> None:
    (made,) = decided(split("any"))
    assert made["metadata"] == {"name": "mesh-translator-web", "namespace": "shop"}
    assert made["spec"]["hosts"] == ["web.shop.svc.cluster.local"]


def test_services_of_one_name_in_two_namespaces_are_two_hosts() -> None:
    assert len(decided(split("web"), split("web", namespace="test"))) == 2


def test_of_two_that_claim_a_host_the_older_one_counts(capsys: pytest.CaptureFixture[str]) -> None:
    (made,) = decided(split("young", canary=90, made=2), split("old", canary=10, made=1))
    assert shares(made) == {"web-primary": 90, "web-canary": 10}
    assert "left out: a second route object for shop/web" in capsys.readouterr().err


def test_the_older_one_counts_also_among_meshes() -> None:
    (made,) = decided(split("web", made=2), others=(route("web", made=1),))
    assert shares(made) == {"web-primary": 100}


@pytest.mark.parametrize("state", ["Accepted", "Rejected"])
def test_what_supergloo_has_taken_is_left_to_it(state: str) -> None:
    assert decided({**split("web"), "status": {"state": state}}) == []
    assert len(decided({**split("web"), "status": {}})) == 1


@given(st.lists(st.tuples(names, names, weights, st.integers(0, 59)), max_size=8, unique_by=lambda one: one[0]))
def test_what_comes_out_does_not_depend_on_the_order(seen: list[tuple[str, str, int, int]]) -> None:
    items = [split(name, canary, made, of) for name, of, canary, made in seen]
    forth, back = decided(*items), decided(*reversed(items))
    assert sorted(map(str, forth)) == sorted(map(str, back))
    assert {one["spec"]["hosts"][0].partition(".")[0] for one in forth} == {of for _, of, _, _ in seen}


def test_an_object_that_says_nothing_makes_nothing() -> None:
    assert decided(others=({"metadata": meta("web", 1), "spec": {}},)) == []


def test_one_kind_may_be_read_in_two_ways() -> None:
    chosen = translated([NGINX, SKIPPER])
    assert chosen == [NGINX, SKIPPER]
    assert [one.kind for one in translation.watched(chosen)] == ["Ingress"]


def test_two_versions_of_a_kind_are_watched_apart() -> None:
    chosen = translated([providers.get("linkerd"), providers.get("osm"), providers.get("smi:v1alpha1")])
    assert [one.name for one in translation.watched(chosen)] == ["TrafficSplit.v1alpha1", "TrafficSplit.v1alpha2"]


@pytest.mark.parametrize("chosen", [[NGINX], [LINKERD, APISIX]], ids=["one", "two"])
def test_its_account_may_read_what_it_watches_and_write_what_it_makes(chosen: list[Provider]) -> None:
    (part,) = served.translators(chosen)
    (role,) = [one for one in part.objects if one["kind"] == "ClusterRole"]
    allowed = {(one["apiGroups"][0], one["resources"][0]): set(one["verbs"]) for one in role["rules"]}
    for kind in translation.watched(translated(chosen)):
        assert {"list", "watch"} <= allowed[kind.group, kind.plural]
    for kind in translation.MAKES:
        assert {"list", "create", "patch", "delete"} <= allowed[kind.group, kind.plural]


def test_it_is_started_with_the_providers_that_it_reads() -> None:
    (part,) = served.translators([providers.get("istio"), LINKERD])
    (made,) = [one for one in part.objects if one["kind"] == "Deployment"]
    (container,) = made["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["linkerd"]


def test_nothing_runs_where_nothing_is_translated() -> None:
    assert served.translators([providers.get("istio")]) == []


def test_further_kinds_are_watched_once() -> None:
    kind = Kind("v1", "namespaces", "Namespace", namespaced=False)
    made = Provider(
        LINKERD.name, "", LINKERD.plane, "", LINKERD.strategies, LINKERD.route, LINKERD.queries, further=(kind, kind)
    )
    assert [one.name for one in translation.watched([made])] == ["TrafficSplit.v1alpha1", "Namespace"]
