"""The Sidecar of the node's Envoy: one listener for each TCP port of each ClusterIP, whatever the order of Services.

``egress/NAME.in.yaml`` holds Services, ``NAME.out.yaml`` the Sidecar of them; CANARYLAB_REGENERATE=1 writes the latter.
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

from canarylab.meshes import egress

Json = dict[str, Any]
CASES = sorted((Path(__file__).parent / "egress").glob("*.in.yaml"))

names = st.sampled_from(["web", "db", "kubernetes", "podinfo"])
namespaces = st.sampled_from(["default", "shop", "istio-system"])
addresses = st.one_of(st.integers(1, 40).map(lambda last: f"10.96.0.{last}"), st.sampled_from(["None", ""]))
ports = st.fixed_dictionaries(
    {"port": st.sampled_from([53, 80, 443, 3306, 9898])},
    optional={
        "name": st.sampled_from(["http", "https", "tcp-x", "grpc", "dns", "metrics"]),
        "appProtocol": st.sampled_from(["http", "tcp", "kubernetes.io/h2c", "kubernetes.io/wss"]),
        "protocol": st.sampled_from(["TCP", "UDP"]),
    },
)


def port_key(port: Json) -> tuple[int, str]:
    return port["port"], port.get("protocol", "TCP")


@st.composite
def services(draw: st.DrawFn) -> Json:
    meta: Json = {"name": draw(names), "namespace": draw(namespaces)}
    if draw(st.booleans()):
        meta["labels"] = {egress.DIRECT_LABEL: "direct"}
    spec = {"clusterIP": draw(addresses), "ports": draw(st.lists(ports, max_size=4, unique_by=port_key))}
    return {"metadata": meta, "spec": spec}


# What an API server can hold: names are unique, and so are addresses.
clusters = st.lists(
    services(),
    max_size=8,
    unique_by=(
        lambda one: (one["metadata"]["namespace"], one["metadata"]["name"]),
        lambda one: one["spec"]["clusterIP"] if one["spec"]["clusterIP"].startswith("1") else id(one),
    ),
)


def opened(sidecar: Json) -> list[tuple[str, int]]:
    """Address and port of each listener."""
    return [(entry["bind"], entry["port"]["number"]) for entry in sidecar["spec"]["egress"] if "bind" in entry]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_the_sidecar_is_as_it_was_read_and_approved(case: Path) -> None:
    made = egress.sidecar(yaml.safe_load(case.read_text()))
    approved = case.with_name(case.name.replace(".in.", ".out."))
    if os.environ.get("CANARYLAB_REGENERATE"):
        approved.write_text(yaml.safe_dump(made, sort_keys=False))
    assert made == yaml.safe_load(approved.read_text())


@given(clusters.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_services_makes_no_difference(orders: tuple[list[Json], list[Json]]) -> None:
    assert egress.sidecar(orders[0]) == egress.sidecar(orders[1])


@given(clusters)
def test_each_tcp_port_of_each_cluster_ip_has_one_listener(found: list[Json]) -> None:
    wanted = Counter(
        (one["spec"]["clusterIP"], port["port"])
        for one in found
        if egress.in_mesh(one)
        for port in one["spec"]["ports"]
        if port.get("protocol") != "UDP"
    )
    assert Counter(opened(egress.sidecar(found))) == wanted
    assert set(wanted.values()) <= {1}


@given(clusters)
def test_a_listener_imports_nothing_but_its_own_service(found: list[Json]) -> None:
    hosts = {
        one["spec"]["clusterIP"]: [
            "{namespace}/{name}.{namespace}.svc.cluster.local".format(**one["metadata"])
        ]
        for one in found
    }  # fmt: skip
    for entry in egress.sidecar(found)["spec"]["egress"]:
        assert entry["hosts"] == (hosts[entry["bind"]] if "bind" in entry else ["*/*"])


@given(clusters)
def test_routes_stand_first_and_once_for_each_sniffed_port(found: list[Json]) -> None:
    entries = egress.sidecar(found)["spec"]["egress"]
    routes = [entry["port"]["number"] for entry in entries if entry["port"].get("protocol") == "UDP"]
    sniffed = {entry["port"]["number"] for entry in entries if "protocol" not in entry["port"]}
    assert entries[: len(routes)] == [entry for entry in entries if "bind" not in entry]
    assert routes == (sorted(sniffed) or ([1] if not opened({"spec": {"egress": entries}}) else []))


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ({"port": 80}, ""),
        ({"port": 80, "name": "http"}, ""),
        ({"port": 80, "name": "http2-api"}, ""),
        ({"port": 80, "name": "tcp"}, "TCP"),
        ({"port": 80, "name": "tcpdump"}, ""),
        ({"port": 443, "name": "https"}, "TLS"),
        ({"port": 443, "name": "TLS-x"}, "TLS"),
        ({"port": 80, "name": "tcp", "appProtocol": "http"}, ""),
        ({"port": 80, "name": "http", "appProtocol": "tcp"}, "TCP"),
        ({"port": 80, "appProtocol": "kubernetes.io/h2c"}, ""),
        ({"port": 80, "appProtocol": "kubernetes.io/wss"}, "TLS"),
        ({"port": 3306}, "TCP"),
        ({"port": 3306, "name": "http"}, ""),
        ({"port": 3306, "name": "grpc-web"}, ""),
    ],
)
def test_the_protocol_is_what_istio_reads(port: Json, said: str) -> None:
    assert egress.protocol(port) == said
