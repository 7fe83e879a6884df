"""What one process keeps of a test, another one reads, whatever became of the first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rollouts

from canarylab.errors import UsageError
from canarylab.model.timeline import Acted, Triggered
from canarylab.observe.record import Record
from canarylab.report import store
from canarylab.report.case import Outcome
from canarylab.report.store import UNFINISHED, Store


def test_cases_survive_being_written_down(tmp_path: Path) -> None:
    for number, one in enumerate(rollouts.ALL):
        Store(tmp_path, f"test {number}").keep([one])
    found = store.read(tmp_path)
    assert sorted(found, key=str) == sorted(rollouts.ALL, key=str)
    assert [one.holds for one in found] == [False, False, True, True, True]


def test_a_test_that_was_killed_is_told_with_what_was_seen(tmp_path: Path) -> None:
    kept = Store(tmp_path, "e2e/test_x.py::test_y")
    kept.begin("shop", "web", "pytest e2e/test_x.py")
    record = Record(file=kept.record)
    for kind, source in ((Acted, "act"), (Triggered, "trigger"), (Acted, "act")):
        record.append(kind, source, what="x")
    with kept.record.open("a") as file:
        file.write('{"kind": "act", "at": 1')  # it was killed while it wrote
    (found,) = store.read(tmp_path)
    assert (found.test, found.outcome, found.why) == ("e2e/test_x.py::test_y", Outcome.UNKNOWN, UNFINISHED)
    assert [one.kind for one in found.timeline.events] == ["act", "trigger", "act"]
    assert not found.holds


def test_a_test_that_was_killed_before_anything_happened_is_told(tmp_path: Path) -> None:
    Store(tmp_path, "x").begin("shop", "web", "")
    assert [one.why for one in store.read(tmp_path)] == [UNFINISHED]


def test_a_test_that_shipped_nothing_leaves_nothing(tmp_path: Path) -> None:
    kept = Store(tmp_path, "x")
    kept.begin("shop", "web", "")
    kept.keep([])
    assert store.read(tmp_path) == ()


def test_tests_of_like_names_do_not_share_a_file(tmp_path: Path) -> None:
    names = ("t[a b]", "t[a-b]", "t[a/b]", "x" * 300, "y" + "x" * 300)
    assert len({Store(tmp_path, name).document for name in names}) == len(names)


@pytest.mark.parametrize("content", ["no json", '[{"name": 1}]', '["x"]', json.dumps([{"events": [{"kind": "x"}]}])])
def test_a_file_that_is_no_case_is_named(tmp_path: Path, content: str) -> None:
    Store(tmp_path, "x").keep([])
    Store(tmp_path, "x").document.write_text(content)
    with pytest.raises(UsageError, match="no case of a report"):
        store.read(tmp_path)


def test_a_run_that_is_fine_leaves_no_folder(tmp_path: Path) -> None:
    root = tmp_path / "run"
    Store(root, "x").keep([rollouts.PROMOTED])
    store.discard(root)
    assert not root.exists()


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    Store(tmp_path, "x").keep([rollouts.PROMOTED])
    (tmp_path / "other").touch()
    store.discard(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["other"]
