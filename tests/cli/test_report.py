"""``canarylab report`` after a pytest that was killed as a whole: nobody but this command can report it then."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from canarylab.cli import main
from canarylab.report import files

# Journeys without a cluster: one keeps its case, as the fixture `canary` does; the next is killed with its process.
_JOURNEYS = """
import os, signal
import pytest
from canarylab.model.timeline import Triggered
from canarylab.observe.record import Record
from canarylab.pytest_plugin import report_root
from canarylab.report.case import Case, Outcome
from canarylab.report.store import Store


@pytest.fixture
def kept(request):
    store = Store(report_root(request.config), request.node.nodeid)
    store.begin("shop", "web", "pytest " + request.node.nodeid)
    yield Record(file=store.record)
    store.keep([Case("shop", "web", Outcome.PROMOTED, "in 50 s", test=request.node.nodeid)])


def test_good(kept):
    pass


def test_killed(kept):
    kept.append(Triggered, "trigger", what="tag 2")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def killed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The state folder that a killed pytest has left."""
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    pytester.makepyfile(test_journeys=_JOURNEYS)
    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert ran.ret == -signal.SIGKILL
    assert not list((tmp_path / "state").rglob("index.html"))
    return tmp_path / "state"


def report(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["report", *map(str, arguments)])
    return int(str(ended.value.code))


def test_a_killed_run_is_reported_as_far_as_it_came(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = (killed / "reports").iterdir()
    assert report(folder) == 3
    assert all((folder / name).stat().st_size > 100 for name in files.FORMATS)
    found = json.loads((folder / "report.json").read_text())["canaries"]
    assert [(one["test"].rpartition("::")[2], one["holds"], len(one["events"])) for one in found] == [
        ("test_killed", False, 1), ("test_good", True, 0),
    ]  # fmt: skip
    assert f"report: {folder / files.PAGE}" in capsys.readouterr().out


def test_the_newest_run_is_reported_where_none_is_named(
    killed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(killed / "summary.md"))
    (killed / "reports" / "20000101-000000" / "cases").mkdir(parents=True)
    assert report() == 3
    assert "the run ended before this test did" in capsys.readouterr().out
    assert "test\\_killed" in (killed / "summary.md").read_text()


def test_a_folder_without_a_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path / "nothing") == 2
    assert f"where: {tmp_path / 'nothing'}" in capsys.readouterr().err
