"""A chart is the one that was pinned, one of the user's own, or refused; the pins are those of the toolchain."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Workshop

from canarylab import paths
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.helm import charts
from canarylab.toolchain import ProgramInfo


def test_a_pinned_chart_is_found_by_its_name(workshop: Workshop, pins: Path) -> None:
    assert charts.find(workshop.toolset, "shop") == pins


def test_a_pinned_chart_that_has_changed_is_refused(workshop: Workshop, pins: Path) -> None:
    (pins / "more.yaml").write_text("a: 1")
    with pytest.raises(EnvironmentFault, match="not the one that was pinned") as told:
        charts.find(workshop.toolset, "shop")
    assert str(pins) in told.value.where


def test_a_chart_of_another_release_of_its_module_has_no_pin(workshop: Workshop, pins: Path) -> None:
    (pins / "more.yaml").write_text("a: 1")
    other = ProgramInfo("shop", Path("shop"), "example.org/shop", "v1.3.0", "0", "built")
    toolset = replace(workshop.toolset, programs={"shop": other})
    assert charts.find(toolset, "shop") == pins


def test_a_chart_of_ones_own_is_named_by_its_folder_or_archive(workshop: Workshop) -> None:
    archive = workshop.folder / "shop-1.2.3.tgz"
    archive.write_bytes(b"")
    assert charts.find(workshop.toolset, workshop.chart) == Path(workshop.chart)
    assert charts.find(workshop.toolset, str(archive)) == archive


@pytest.mark.parametrize("chart", ["nothing", "/nowhere", "no.tgz"])
def test_an_unknown_chart_is_refused_with_the_known_ones(workshop: Workshop, pins: Path, chart: str) -> None:
    with pytest.raises(UsageError, match="there is no chart") as told:
        charts.find(workshop.toolset, chart)
    assert "choose one of shop" in told.value.next_step


def test_a_digest_tells_names_and_contents_apart(tmp_path: Path) -> None:
    def of(**files: str) -> str:
        folder = tmp_path / "-".join([*files, *files.values()])
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        return charts.digest(folder)

    found = [of(a="b"), of(a="c"), of(b="b"), of(a="b", c=""), of(ab="")]
    assert len(set(found)) == len(found)


def test_every_pin_is_of_the_release_that_the_toolchain_builds() -> None:
    text = (paths.toolchain_source() / "go.mod").read_text()
    built = dict(re.findall(r"^\s*(\S+\.\S+/\S+) (v\S+)", text, re.MULTILINE))
    assert {each.module: each.release for each in charts.pinned().values()}.items() <= built.items()


def test_every_file_of_values_is_of_a_chart() -> None:
    named = {each.values for each in charts.pinned().values()}
    there = {file.name for file in charts.folder().glob("*.yaml")} - {"charts.yaml"}
    assert named == there
    assert all(each.settings.is_file() for each in charts.pinned().values())
