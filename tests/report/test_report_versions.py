"""The table of a run over versions, in text, in Markdown and in every format of the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from canarylab.errors import UsageError
from canarylab.report import files, versions
from canarylab.report.case import Report
from canarylab.report.versions import Shown
from canarylab.toolchain import axes

SHOWN = (
    Shown("1.34.4", "1.44.0", "promoted", 80, free=True),
    Shown("1.34.4", "1.44.0", "ab", 70, free=True),
    Shown("1.37.2", "1.30.0", "promoted", reason="the Go build failed:\n    a | b"),
)


def test_a_row_tells_what_two_releases_have_shown_and_who_does_not_support_them() -> None:
    heads, *rows = versions.rows(SHOWN)
    by = "Kubernetes (only its three newest minors get fixes)"
    assert heads[2:] == ("promoted", "ab", "seconds", "gap-free", "not supported by", "result")
    assert rows[0] == ("1.34.4", "1.44.0", "yes", "yes", "80", "yes", by, "works")
    assert rows[1] == ("1.37.2", "1.30.0", "NO", "-", "0", "NO", "-", "fails: the Go build failed: a | b")


def test_cells_that_were_not_run_are_named() -> None:
    told = [line for line in versions.text(SHOWN) if line.startswith("not run: ")]
    assert len(told) == len(axes.every()) - 2
    assert "not run: Kubernetes 1.37.2 with Flagger 1.44.0" in told
    assert "Not run: Kubernetes 1.37.2 with Flagger 1.44.0, " in versions.markdown(SHOWN)


def test_a_reason_never_breaks_the_table() -> None:
    rows = [line for line in versions.markdown(SHOWN).splitlines() if line.startswith("|")]
    assert len({line.replace(r"\|", "").count("|") for line in rows}) == 1


def test_what_a_run_keeps_is_read_back(tmp_path: Path) -> None:
    versions.write(SHOWN, tmp_path / "run")
    assert versions.read(tmp_path / "run") == SHOWN
    assert versions.read(tmp_path) == ()
    assert Shown.read(SHOWN[0].text()) == SHOWN[0]


def test_another_file_of_that_name_is_told(tmp_path: Path) -> None:
    (tmp_path / versions.FILE).write_text('[{"a": 1}]')
    with pytest.raises(UsageError, match="these are no rollouts of releases"):
        versions.read(tmp_path)


def test_of_a_rollout_that_two_runs_have_the_last_counts() -> None:
    again = replace(SHOWN[2], reason="", seconds=75)
    assert versions.merged([SHOWN, [again]]) == (*SHOWN[:2], again)


@pytest.mark.parametrize("name", ["index.html", "report.md", "report.txt", "report.json"])
def test_the_report_has_the_table_also_where_no_cluster_came_up(name: str, tmp_path: Path) -> None:
    versions.write(SHOWN, tmp_path)
    page = files.of_run(tmp_path, "Canarylab", "pytest -m versions e2e", asked=True)
    assert page == tmp_path / "index.html"
    text = (tmp_path / name).read_text()
    assert "the Go build failed" in text
    assert "1.34.4" in text


def test_a_report_without_versions_has_no_such_table() -> None:
    assert not any("Flagger promoted" in render(Report("Canarylab")) for render in files.FORMATS.values())
