"""A whole run of pytest puts together what its processes kept: always where it is asked for, else when it failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canarylab.pytest_plugin import _command
from canarylab.report import files

# Journeys without a cluster: each keeps a case, as the fixture `canary` does, and fails or not.
_JOURNEYS = """
import os, signal
import pytest
from canarylab.pytest_plugin import report_root
from canarylab.report.case import Case, Outcome
from canarylab.report.store import Store


@pytest.fixture
def kept(request):
    store = Store(report_root(request.config), request.node.nodeid)
    store.begin("shop", "web", "pytest " + request.node.nodeid)
    failure = [""]
    yield failure
    store.keep([Case("shop", "web", Outcome.PROMOTED, "in 50 s", test=request.node.nodeid, failure=failure[0])])


def test_good(kept):
    pass


def test_bad(kept):
    kept[0] = "it was not rolled back"
    assert False


def test_killed(kept):
    os.kill(os.getpid(), getattr(signal, os.environ["SIGNAL"]))
"""


@pytest.fixture
def journeys(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.Pytester:
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("SIGNAL", "SIGINT")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    pytester.makepyfile(test_journeys=_JOURNEYS)
    return pytester


def run(journeys: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return journeys.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def told(folder: Path) -> dict[str, bool]:
    """Each test, and whether it held."""
    document = json.loads((folder / "report.json").read_text())
    return {one["test"].rpartition("::")[2]: one["holds"] for one in document["canaries"]}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_report_that_is_asked_for_is_written(journeys: pytest.Pytester, tmp_path: Path, workers: tuple[str]) -> None:
    run(journeys, "-k", "good or bad", "--canary-report", str(tmp_path / "out"), *workers)
    assert told(tmp_path / "out") == {"test_good": True, "test_bad": False}
    assert all((tmp_path / "out" / name).stat().st_size > 100 for name in files.FORMATS)


def test_a_run_that_is_fine_leaves_nothing(journeys: pytest.Pytester, tmp_path: Path) -> None:
    run(journeys, "-k", "good").assert_outcomes(passed=1)
    assert not list((tmp_path / "state").rglob("*.*"))


def test_a_run_that_failed_reports_and_says_where(journeys: pytest.Pytester, tmp_path: Path) -> None:
    ran = run(journeys, "-k", "good or bad")
    (page,) = (tmp_path / "state" / "reports").glob("*/index.html")
    ran.stdout.fnmatch_lines([f"report: {page}"])
    assert told(page.parent) == {"test_good": True, "test_bad": False}


def test_a_run_that_was_broken_off_reports_what_is_there(journeys: pytest.Pytester, tmp_path: Path) -> None:
    run(journeys, "-k", "good or killed", "--canary-report", str(tmp_path / "out"))
    assert told(tmp_path / "out")["test_good"] is True


def test_a_worker_that_was_killed_leaves_its_test(
    journeys: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNAL", "SIGKILL")
    run(journeys, "-k", "good or killed", "--canary-report", str(tmp_path / "out"), "-n", "2")
    assert told(tmp_path / "out") == {"test_good": True, "test_killed": False}
    assert "the run ended before this test did" in (tmp_path / "out" / "report.txt").read_text()


def test_the_command_is_that_of_whoever_began_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = pytester.parseconfig("-x")
    assert _command(config).startswith("pytest ")
    monkeypatch.setattr("sys.argv", ["/bin/canarylab", "run", "a b"])
    assert _command(config) == "canarylab run 'a b'"


def test_a_second_run_reports_itself_alone(journeys: pytest.Pytester, tmp_path: Path) -> None:
    for chosen in ("bad", "good"):
        run(journeys, "-k", chosen, "--canary-report", str(tmp_path / "out"))
    assert told(tmp_path / "out") == {"test_good": True}


def test_the_summary_of_a_job_gets_the_report(
    journeys: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    run(journeys, "-k", "good")
    assert (
        "| :white_check_mark: | test\\_journeys.py::test\\_good | promoted |" in (tmp_path / "summary.md").read_text()
    )


def test_a_case_that_cannot_be_read_is_named_and_breaks_nothing(journeys: pytest.Pytester, tmp_path: Path) -> None:
    spoil = "def test_spoil(kept, request):\n    (report_root(request.config) / 'cases' / 'x.json').write_text('{')\n"
    journeys.makepyfile(test_journeys=_JOURNEYS + "\n\n" + spoil)
    ran = run(journeys, "-k", "spoil", "--canary-report", str(tmp_path / "out"))
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines(["report: could not be made: this is no case of a report*", "*x.json*"])
