"""Consul's config entries, as SuperGloo writes them, and what becomes of them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import goldens
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.kube import manifests
from canarylab.meshes import providers, translation
from canarylab.meshes.providers import consul

Json = dict[str, Any]
CASES = goldens.cases("consul")
SUPERGLOO = sorted((Path(__file__).parents[2] / "supergloo/golden/consul").glob("*.out.yaml"))

services = st.sampled_from(["web", "next", "last"])
# Hundredths of a percent that make 100 together.
parts = st.integers(1, 9_999).map(lambda one: (one / 100, (10_000 - one) / 100))


def decided(objects: list[Json]) -> list[Json]:
    world: dict[str, list[Json]] = defaultdict(list)
    for item in objects:
        world[item["kind"]].append(item)
    return list(translation.decide([consul.PROVIDER], world).objects)


def splitter(name: str, *splits: Json) -> Json:
    meta = {"name": name, "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"kind": "ServiceSplitter", "metadata": meta, "spec": {"splits": list(splits)}}


def service(name: str) -> Json:
    return {"kind": "Service", "metadata": {"name": name, "namespace": "shop"}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_config_entries_are_translated_as_approved(case: Path) -> None:
    objects = goldens.read(case)
    weights = {
        one["metadata"]["name"]: dict(consul.read(one).weights) for one in goldens.routes(consul.PROVIDER, objects)
    }
    goldens.approve(goldens.out(case), {"weights": weights, "made": decided(objects)})


@pytest.mark.parametrize("file", SUPERGLOO, ids=lambda file: file.name.partition(".")[0])
def test_what_supergloo_writes_is_taken(file: Path) -> None:
    objects = yaml.safe_load(file.read_text())["objects"]
    assert [goldens.refusals(consul.PROVIDER, one) for one in objects] == [[]] * len(objects)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.removesuffix(".in.yaml"))
def test_what_consul_does_not_know_is_refused(case: Path) -> None:
    entries = [one for one in goldens.read(case) if one["kind"] != "Service"]
    assert [goldens.refusals(consul.PROVIDER, one) for one in entries] == [[]] * len(entries)
    assert all(goldens.refusals(consul.PROVIDER, {**one, "spec": {**one["spec"], "colour": 1}}) for one in entries)


def test_entries_of_what_is_no_service_route_nothing() -> None:
    assert decided([splitter("web", {"weight": 100, "service": "next"})]) == []


@given(st.lists(st.tuples(services, services, services, parts), max_size=3, unique_by=lambda one: one[0]))
def test_shares_of_splitters_that_lead_to_each_other_are_whole_and_complete(
    drawn: list[tuple[str, str, str, tuple[float, float]]],
) -> None:
    entries = [
        splitter(name, {"weight": parts[0], "service": one}, {"weight": parts[1], "service": other})
        for name, one, other, parts in drawn
    ]
    for made in decided([*map(service, ("web", "next", "last")), *entries]):
        shares = [one["weight"] for one in made["spec"]["http"][-1]["route"]]
        assert sum(shares) % 100 == 0
        assert all(shares)


def test_flagger_drives_it_by_traffic_splits_for_supergloo() -> None:
    canary = played.by(consul.PROVIDER, podinfo("shop")).canary
    assert canary["spec"]["provider"] == "smi:v1alpha2"
    assert canary["metadata"]["annotations"] == {"supergloo.solo.io/mesh": "consul"}
    assert providers.playing(canary, "smi:v1alpha2") is consul.PROVIDER


@pytest.mark.parametrize("mesh", ["istio", "nobody.anywhere", "none"])
def test_a_canary_for_another_mesh_of_supergloos_is_what_it_spells(mesh: str) -> None:
    canary = {"metadata": {"annotations": {"supergloo.solo.io/mesh": mesh}}}
    assert providers.playing(canary, "smi:v1alpha2") is providers.get("smi:v1alpha2")
    assert providers.playing(canary, "no such") is None


def test_supergloo_and_the_mesh_come_with_it() -> None:
    found = {manifests.label(item) for part in consul.PROVIDER.parts(None) for item in part.objects}  # type: ignore[arg-type]  # no program of the toolchain is needed
    assert {"deployment/supergloo-system/supergloo", "mesh/consul"} <= found
