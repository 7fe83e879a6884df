"""SMI's TrafficSplits in each version, as Flagger writes them for Linkerd, OSM and others, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import goldens
import pytest

from canarylab.meshes import providers, translation
from canarylab.meshes.provider import translated
from canarylab.meshes.providers import istio, smi

Json = dict[str, Any]
NAMES = {"linkerd": "linkerd", "osm": "osm", "smi:v1alpha3": "smiv1alpha3"}
CASES = [(name, case) for name, files in NAMES.items() for case in goldens.cases(files)]


@pytest.mark.parametrize(("name", "case"), CASES, ids=goldens.ids(CASES))
def test_what_flagger_wrote_is_translated_as_approved(name: str, case: Path) -> None:
    goldens.approve(goldens.out(case), goldens.made(providers.get(name), goldens.read(case)))


@pytest.mark.parametrize(("name", "case"), CASES, ids=goldens.ids(CASES))
def test_what_flagger_wrote_is_taken(name: str, case: Path) -> None:
    [item] = goldens.read(case)
    assert goldens.refusals(providers.get(name), item) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_flagger_does_not_write_is_refused(name: str) -> None:
    [item] = goldens.read(goldens.cases(NAMES[name])[0])
    item["spec"]["mirror"] = True
    assert goldens.refusals(providers.get(name), item)


@pytest.mark.parametrize("name", ["linkerd", "osm"])
def test_the_metrics_are_recorded_as_approved(name: str) -> None:
    goldens.approve(goldens.HERE / f"{name}.rules.yaml", goldens.rules(providers.get(name)))


def test_whoever_takes_smi_itself_is_asked_for_the_metrics_of_istio() -> None:
    others = [one for one in smi.PROVIDERS if one.name.startswith("smi:")]
    assert [one.name for one in others] == ["smi:v1alpha1", "smi:v1alpha2", "smi:v1alpha3"]
    assert all(one.queries == istio.QUERIES and not one.records for one in others)


def test_providers_of_one_version_are_read_once() -> None:
    kinds = [one.route.kind.name for one in translated(smi.PROVIDERS) if one.route]
    assert kinds == ["TrafficSplit.v1alpha1", "TrafficSplit.v1alpha2", "TrafficSplit.v1alpha3"]


def test_an_object_that_is_served_in_each_version_is_translated_once(capsys: pytest.CaptureFixture[str]) -> None:
    [item] = goldens.read(goldens.cases("osm")[0])
    item["metadata"]["uid"] = "one"
    world = {f"TrafficSplit.{version}": [item] for version in ("v1alpha1", "v1alpha2", "v1alpha3")}
    assert len(translation.decide(translated(smi.PROVIDERS), world).objects) == 1
    assert capsys.readouterr().err == ""
