"""The page about Helm names every chart with its version, every release of a stack, and the values it explains."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from canarylab import helm, meshes
from canarylab.flagger import charted
from canarylab.helm import Release, charts
from canarylab.meshes import istiocharts

PAGE = (Path(__file__).parents[2] / "docs" / "helm.md").read_text()


def rows(section: str) -> list[list[str]]:
    """The rows of the first table behind a mark, without its head."""
    table = PAGE.partition(section)[2].partition("\n\n")[0].strip().splitlines()
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table[2:]]


def test_every_chart_is_listed_with_its_module_version_and_values() -> None:
    listed = [[name, module, version, values] for name, module, version, _release, values in rows("<!-- charts -->")]
    assert listed == [[one.name, one.module, one.version, one.values] for one in charts.pinned().values()]


def test_the_releases_of_a_stack_are_those_of_the_table() -> None:
    made = [istiocharts.KINDS, istiocharts.CONTROL_PLANE, istiocharts.GATEWAY, *charted.releases(meshes.get("istio"))]
    told = {chart: release for chart, _module, _version, release, _values in rows("<!-- charts -->") if release}
    assert told == {one.chart: one.name for one in made}


def test_the_snippet_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Release] = []
    signature = inspect.signature(helm.install)

    def install(*words: Any, **wishes: Any) -> None:
        given = signature.bind(*words, **wishes).arguments
        told.append(Release(given["release"], given["chart"], given["namespace"], tuple(given["values"])))

    monkeypatch.setattr(helm, "install", install)
    exec(PAGE.partition("```python\n")[2].partition("```")[0], {})  # noqa: S102 - the page is the project's own
    [release] = told
    assert charts.pinned()[release.chart].values == release.values[0].name


def test_the_values_that_are_explained_are_those_that_are_given() -> None:
    explained = re.findall(r"^\| (istiod|gateway|flagger): ([^|]+) \|", PAGE, re.MULTILINE)
    files = {"istiod": "istiod", "gateway": "istio-gateway", "flagger": "flagger"}
    for chart, words in explained:
        text = charts.pinned()[files[chart]].settings.read_text()
        for path in re.findall(r"`([\w.]+)", words):
            assert path.rpartition(".")[2] in text, path
    assert yaml.safe_load(charts.pinned()["istiod"].settings.read_text())["telemetry"] == {"enabled": False}
