"""What a chart renders to is remembered, under all that it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.meshes import rendered
from canarylab.toolchain import ProgramInfo, Toolset

HELM = """#!/bin/sh
echo run >> "{runs}"
echo "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: made}}}}"
"""


class Workshop:
    """A helm that counts its runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.runs = folder, folder / "runs"
        self.values = folder / "values.yaml"
        self.values.write_text("a: 1")
        self.program(HELM.format(runs=self.runs))

    def program(self, script: str) -> None:
        (self.folder / "helm").write_text(script)
        (self.folder / "helm").chmod(0o755)

    def chart(self, sha256: str = "0", key: str = "k") -> list[str]:
        info = ProgramInfo("helm", self.folder / "helm", "m", "v1", sha256, "built")
        made = rendered.chart(Toolset(key, {"helm": info}, ()), "x", self.folder, self.values, "here")
        return [item["metadata"]["name"] for item in made]

    def count(self) -> int:
        return len(self.runs.read_text().splitlines())


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    return Workshop(tmp_path)


def test_a_chart_is_rendered_once(workshop: Workshop) -> None:
    assert [workshop.chart(), workshop.chart()] == [["made"], ["made"]]
    assert workshop.count() == 1


def test_other_values_another_helm_or_other_programs_render_again(workshop: Workshop) -> None:
    workshop.chart()
    workshop.values.write_text("a: 2")
    workshop.chart()
    workshop.chart(sha256="1")
    workshop.chart(key="other")
    assert workshop.count() == 4


def test_a_chart_that_does_not_render_is_told_and_not_remembered(workshop: Workshop) -> None:
    workshop.program("#!/bin/sh\necho 'no such value' >&2; exit 1")
    with pytest.raises(EnvironmentFault, match="helm failed: no such value"):
        workshop.chart()
    workshop.program(HELM.format(runs=workshop.runs))
    assert workshop.chart() == ["made"]


def test_a_cache_that_cannot_be_written_costs_time_and_no_more(workshop: Workshop) -> None:
    (workshop.folder / "cache").mkdir()
    (workshop.folder / "cache" / "rendered").write_text("a file where a folder belongs")
    assert [workshop.chart(), workshop.chart()] == [["made"], ["made"]]
    assert workshop.count() == 2


def test_no_half_written_file_is_left(workshop: Workshop) -> None:
    workshop.chart()
    assert [file.suffix for file in (workshop.folder / "cache" / "rendered").iterdir()] == [".json"]
