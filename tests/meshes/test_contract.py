"""What every provider has to keep, whoever wrote it: the suite takes up whatever is registered."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from canarylab import paths, toolchain
from canarylab.journey import played
from canarylab.journey.application import podinfo
from canarylab.kube import manifests
from canarylab.meshes import providers, served, translation
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, MIRROR, Provider
from canarylab.meshes.queries import DURATION, RATE
from canarylab.model.canary import Canary

Json = dict[str, Any]

EVERY = pytest.mark.parametrize("provider", providers.every().values(), ids=lambda one: one.name)
_BUILT_IN = ("networking.k8s.io", "")  # groups that the API server serves by itself
_WITH_ISTIO = ("networking.istio.io", "gateway.networking.k8s.io")
_SCRAPED = ("istio_", "http_request_duration_seconds")  # from the proxies, and from podinfo itself


@EVERY
def test_it_can_be_chosen_by_its_name(provider: Provider) -> None:
    assert providers.get(provider.name) is provider
    assert set(provider.strategies) <= {CANARY, AB, BLUE_GREEN, MIRROR}
    assert provider.strategies
    assert provider.about


@EVERY
def test_the_kinds_that_it_reads_are_installed(provider: Provider) -> None:
    parts = served.definitions([provider])
    there = {item["spec"]["names"]["kind"] for part in parts for item in part.objects}
    needed = [*([provider.route.kind] if provider.route else []), *provider.further]
    if provider.translated:
        assert {one.kind for one in needed if one.group not in (*_BUILT_IN, *_WITH_ISTIO)} <= there


@EVERY
def test_definitions_refuse_what_nobody_writes(provider: Provider) -> None:
    for part in served.definitions([provider]):
        for item in part.objects:
            assert "x-kubernetes-preserve-unknown-fields" not in yaml.safe_dump(item), item["metadata"]["name"]


@EVERY
def test_both_of_flaggers_metrics_are_asked_and_made(provider: Provider) -> None:
    assert set(provider.queries) == {RATE, DURATION}
    recorded = {one.name for one in provider.records}
    for query in provider.queries.values():
        for metric in re.findall(r"([a-z_]+)\{(?!\{)", query):
            real = not provider.translated or metric.startswith(_SCRAPED)
            assert real or metric in recorded, metric


@EVERY
def test_the_primary_is_asked_about_by_the_same_query(provider: Provider) -> None:
    canary = Canary.parse(played.by(provider, podinfo("shop")).canary)
    for metric in (RATE, DURATION):
        new, old = (provider.query(metric, canary, one) for one in (canary.target, canary.primary))
        assert (new != old) == (provider.told_by[0] != provider.told_by[1])
        assert new.replace(*provider.told_by) == old


@EVERY
def test_a_canary_of_it_is_one_that_flagger_takes(provider: Provider) -> None:
    [definition] = [
        one
        for one in manifests.read(toolchain.installed().asset("flagger/artifacts/flagger/crd.yaml"))
        if one["metadata"]["name"] == "canaries.flagger.app"
    ]
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    canary = played.by(provider, podinfo("shop")).canary
    errors = Draft202012Validator(schema).iter_errors(canary)
    assert [f"{'/'.join(map(str, one.path))}: {one.message}" for one in errors] == []


@EVERY
def test_nothing_is_routed_where_there_is_no_object(provider: Provider) -> None:
    assert translation.decide([provider], {}).objects == ()


def test_no_metric_is_recorded_twice_with_the_same_labels() -> None:
    [part] = served.rules(providers.every().values())
    groups = yaml.safe_load(part.objects[0]["data"]["providers.yml"])["groups"]
    said = [(rule["record"], rule["expr"]) for group in groups for rule in group["rules"]]
    assert len(said) == len(set(said))


def test_every_file_of_kinds_belongs_to_a_provider() -> None:
    used = {name for one in providers.every().values() for name in one.definitions}
    assert {file.stem for file in (paths.fixtures() / "meshes").glob("*.yaml")} == used
