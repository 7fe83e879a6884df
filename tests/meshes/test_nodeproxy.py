"""The files of the node's Envoy where there is no mesh: what kube-proxy would do with the same Services and slices.

``nodeproxy/NAME.in.yaml`` holds Services and EndpointSlices, ``NAME.out.yaml`` the files made of them;
CANARYLAB_REGENERATE=1 writes the latter.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canarylab.meshes import nodeproxy, none

Json = dict[str, Any]
CASES = sorted((Path(__file__).parent / "nodeproxy").glob("*.in.yaml"))
OWNER = "kubernetes.io/service-name"

names = st.sampled_from(["web", "db", "kubernetes"])
namespaces = st.sampled_from(["default", "shop"])
ports = st.sampled_from([53, 80, 443])


@st.composite
def services(draw: st.DrawFn) -> Json:
    address = draw(st.one_of(st.integers(1, 40).map(lambda last: f"10.96.0.{last}"), st.just("None")))
    spec = {"clusterIP": address, "ports": [{"port": one, "name": f"p{one}"} for one in draw(st.sets(ports))]}
    return {"metadata": {"name": draw(names), "namespace": draw(namespaces)}, "spec": spec}


@st.composite
def slices(draw: st.DrawFn) -> Json:
    ends = draw(st.lists(st.tuples(st.integers(2, 20), st.booleans()), max_size=3))
    return {
        "metadata": {"namespace": draw(namespaces), "labels": {OWNER: draw(names)}},
        "addressType": "IPv4",
        "ports": [{"name": f"p{one}", "port": one} for one in draw(st.sets(ports))],
        "endpoints": [{"addresses": [f"10.244.0.{end}"], "conditions": {"ready": ready}} for end, ready in ends],
    }


# What an API server can hold: names are unique, and so are addresses.
clusters = st.lists(
    services(),
    max_size=6,
    unique_by=(
        lambda one: (one["metadata"]["namespace"], one["metadata"]["name"]),
        lambda one: one["spec"]["clusterIP"] if one["spec"]["clusterIP"] != "None" else id(one),
    ),
)
worlds = st.tuples(clusters, st.lists(slices(), max_size=6))


def opened(files: dict[str, Json]) -> Counter[tuple[str, int]]:
    """Address and port of each listener."""
    sockets = [one["address"]["socket_address"] for one in files[nodeproxy.LISTENERS]["resources"]]
    return Counter((one["address"], one["port_value"]) for one in sockets)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_the_files_are_as_they_were_read_and_approved(case: Path) -> None:
    made = nodeproxy.files(**yaml.safe_load(case.read_text()))
    approved = case.with_name(case.name.replace(".in.", ".out."))
    if os.environ.get("CANARYLAB_REGENERATE"):
        approved.write_text(yaml.safe_dump(made, sort_keys=False))
    assert made == yaml.safe_load(approved.read_text())


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_services_and_slices_makes_no_difference(world: tuple[Any, Any], chance: Any) -> None:
    mixed = [chance.sample(one, len(one)) for one in world]
    assert nodeproxy.files(*world) == nodeproxy.files(*mixed)


@given(worlds)
def test_each_address_and_port_has_at_most_one_listener_and_each_listener_somebody_who_answers(world: Any) -> None:
    files = nodeproxy.files(*world)
    assert set(opened(files).values()) <= {1}
    for one in files[nodeproxy.CLUSTERS]["resources"]:
        [assignment] = files[f"{one['name']}.json"]["resources"]
        assert assignment["cluster_name"] == one["name"]
        assert assignment["endpoints"][0]["lb_endpoints"]


@given(worlds)
def test_each_listener_leads_to_a_cluster_that_is_there(world: Any) -> None:
    files = nodeproxy.files(*world)
    clusters = [one["name"] for one in files[nodeproxy.CLUSTERS]["resources"]]
    proxies = [one["filter_chains"][0]["filters"][0] for one in files[nodeproxy.LISTENERS]["resources"]]
    assert [one["typed_config"]["cluster"] for one in proxies] == clusters
    assert set(files) == {f"{name}.json" for name in clusters} | {nodeproxy.CLUSTERS, nodeproxy.LISTENERS}


def world(serving: bool, **conditions: bool) -> tuple[list[Json], list[Json]]:
    """A Service beside that of a mesh's own Envoy, which serves or does not."""
    mesh = {"name": "mesh", "namespace": "istio-system", "labels": {"canarylab.dev/mesh": "proxy"}}
    found = [(mesh, "10.96.0.40"), ({"name": "web", "namespace": "shop"}, "10.96.1.1")]
    own = {"ready": True, "serving": serving, **conditions}
    return (
        [{"metadata": meta, "spec": {"clusterIP": address, "ports": [{"port": 80}]}} for meta, address in found],
        [
            {
                "metadata": {"namespace": meta["namespace"], "labels": {OWNER: meta["name"]}},
                "addressType": "IPv4",
                "ports": [{"name": "", "port": 80}],
                "endpoints": [{"addresses": ["10.244.0.1"], "conditions": own}],
            }
            for meta, _ in found
        ],
    )


def test_a_mesh_has_its_own_address_to_itself_while_it_comes_up() -> None:
    assert set(opened(nodeproxy.files(*world(serving=False)))) == {("10.96.1.1", 80)}


def test_a_mesh_that_serves_has_every_address() -> None:
    assert nodeproxy.files(*world(serving=True)) == {
        nodeproxy.CLUSTERS: {"resources": []},
        nodeproxy.LISTENERS: {"resources": []},
    }


def test_the_addresses_come_back_when_the_mesh_ends() -> None:
    assert set(opened(nodeproxy.files(*world(serving=True, terminating=True)))) == {("10.96.1.1", 80)}


def test_the_node_proxy_watches_the_files_that_are_written_and_asks_itself() -> None:
    found = {(one["kind"], one["metadata"]["name"]): one for one in none.node_proxy().objects}
    settings = yaml.safe_load(found["ConfigMap", "node-proxy"]["data"]["envoy.yaml"])
    sources = [one["path_config_source"]["path"] for one in map(dict, _sources(settings))]
    assert sources == [f"{nodeproxy.FOLDER}/{name}" for name in (nodeproxy.LISTENERS, nodeproxy.CLUSTERS)]
    pod = found["DaemonSet", "node-proxy"]["spec"]["template"]["spec"]
    [probe] = [one["readinessProbe"] for one in pod["containers"] if "readinessProbe" in one]
    assert probe["httpGet"]["host"] == found["Service", "node-proxy"]["spec"]["clusterIP"]


def _sources(settings: Json) -> list[Json]:
    dynamic = settings["dynamic_resources"]
    return [dynamic["lds_config"], dynamic["cds_config"]]
