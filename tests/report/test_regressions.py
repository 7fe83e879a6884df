"""The issue on a new failure: which tests failed newly, the first lines of each dossier, versions and a link."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.cli import main
from canarylab.report import files, ran, regressions
from canarylab.report.case import Case, Ground, Outcome, Report
from canarylab.report.ran import Ran

GOLDEN = Path(__file__).parent / "golden"
LINES = ("Flagger: real, v1.44.0, by its own manifests", "Kubernetes: real, v1.37.2")
XML = """<testsuites><testsuite>
<testcase classname="e2e.node.test_probes" name="test_probe" time="1">
<failure message="AssertionError: assert 1 == 2">def test_probe():
&gt;   assert 1 == 2</failure></testcase>
<testcase classname="e2e.node.test_probes" name="test_other" time="1"><skipped message="no"/></testcase>
</testsuite></testsuites>"""
RUNS = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), st.booleans())


def case(test: str, failure: str = "", **more: Any) -> Case:
    outcome = Outcome.ROLLED_BACK if failure else Outcome.PROMOTED
    told = {"why": "halted 3 times", "failure": failure, "ground": Ground(LINES)}
    return Case("space", "podinfo", outcome, test=test, **{**told, **more})


def night(folder: Path, **cells: list[Case]) -> Path:
    """A run of a matrix, as its artifacts lie beside each other; each cell has two shares."""
    for name, cases in cells.items():
        for number, share in enumerate((cases[::2], cases[1::2])):
            files.write(Report("run", tuple(share)), folder / name / f"{number}")
    return folder


@pytest.fixture
def nights(tmp_path: Path) -> tuple[Path, Path]:
    """Two of them: one test fails in both, one newly in two cells, one is new, one is fixed, one cell is gone."""
    known, fixed = case("e2e/test_a.py::test_known", "as ever"), case("e2e/test_a.py::test_fixed", "no")
    before = {"istio-1.37": [known, fixed, case("e2e/test_b.py::test_b")], "none-1.37": [case("e2e/test_b.py::test_b")]}
    bad = case("e2e/test_b.py::test_b", "expected a promotion\n<seen> a rollback", details=("success rate 91% < 99%",))
    good, new = case("e2e/test_a.py::test_fixed"), case("scenarios/new.yaml::new", "never seen")
    after = {"istio-1.37": [known, good, bad, new], "none-1.37": [bad]}
    return night(tmp_path / "before", **before, gone=[good]), night(tmp_path / "after", **after)


def test_the_text_of_an_issue(nights: tuple[Path, Path]) -> None:
    text = regressions.issue(regressions.between(*map(ran.read, nights)), "https://ci.example.com/runs/7")
    golden = GOLDEN / "issue.out"
    if os.environ.get("REGENERATE"):
        golden.write_text(text)
    assert text == golden.read_text()


def test_the_command_writes_it_and_its_exit_code_tells_a_new_failure(
    nights: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = map(str, nights)
    assert exit_code(before, after, "--out", str(tmp_path / "issue.md")) == 1
    assert (tmp_path / "issue.md").read_text() == capsys.readouterr().out
    assert exit_code(after, after) == 0
    assert capsys.readouterr().out.startswith("# Nothing fails newly\n\nOf 5 tests")
    assert exit_code(after, after, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"new": [], "fixed": [], "gone": [], "ran": 5}


def test_what_is_wrong_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(str(tmp_path / "nothing"), str(tmp_path)) == 2
    assert "there is no report" in capsys.readouterr().err
    (tmp_path / "report.json").write_text('{"canaries": [{}]}')
    assert exit_code(str(tmp_path), str(tmp_path)) == 2
    assert "this is no report" in capsys.readouterr().err
    (tmp_path / "report.json").write_text('{"canaries": []}')
    assert exit_code(str(tmp_path), str(tmp_path), "--out", str(tmp_path / "no" / "issue.md")) == 2


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["regressions", *arguments])
    return ended.value.code


def test_pytests_own_junit_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "pytest.xml").write_text(XML)
    (one,) = ran.read(tmp_path / "pytest.xml").values()
    told = ("AssertionError: assert 1 == 2", "def test_probe():", ">   assert 1 == 2")
    assert one == Ran("", "e2e.node.test_probes.test_probe", failed=True, why=told)


def test_one_test_in_several_reports_of_a_cell_fails_if_one_says_so(tmp_path: Path) -> None:
    """pytest's report knows of a failure after the rollout, ours of the rollout alone."""
    (tmp_path / "cell").mkdir()
    (tmp_path / "cell" / "pytest.xml").write_text(XML)
    files.write(Report("run", (case("e2e/node/test_probes.py::test_probe"),)), tmp_path / "cell" / "report")
    assert [one.failed for one in ran.read(tmp_path).values()] == [True]


@given(RUNS, RUNS)
def test_what_is_new_failed_in_this_run_and_not_in_the_one_before(before: Any, after: Any) -> None:
    sides = [{place: Ran(*place, failed=bad) for place, bad in one.items()} for one in (before, after)]
    found = regressions.between(*sides)
    assert {one.place for one in found.new} == {place for place, bad in after.items() if bad and not before.get(place)}
    assert {one.place for one in found.fixed} <= {place for place, bad in before.items() if bad}
    assert found.any == bool(found.new or {one for one, _ in before} - {one for one, _ in after})


def test_hundreds_of_new_failures_still_make_an_issue() -> None:
    """GitHub takes 65,536 signs."""
    runs = [Ran(f"{'cell' * 8}-{n % 90}", f"test_{n // 9}", failed=True, why=("x" * 300,) * 15) for n in range(400)]
    found = regressions.between({}, {one.place: one for one in runs})
    assert len(regressions.issue(found)) < 65536
