"""The journal holds what undoes a fault, for its owner's eyes only, and knows when that owner is gone."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canarylab.errors import EnvironmentFault, UsageError
from canarylab.faults import journal, revert


@pytest.fixture
def entry(cluster: Any) -> journal.Entry:
    made = journal.entry("one", "abort percent=50", cluster, "shop", [{"kind": "delete", "path": "/x"}])
    made.write()
    return made


def test_an_entry_is_read_back_whole(entry: journal.Entry) -> None:
    assert journal.entries() == [entry]
    entry.remove()
    entry.remove()
    assert journal.entries() == []


def test_only_its_owner_reads_it(entry: journal.Entry, state: Path) -> None:
    assert stat.S_IMODE(entry.file.stat().st_mode) == 0o600
    assert stat.S_IMODE((state / "faults").stat().st_mode) == 0o700
    assert [file.name for file in (state / "faults").iterdir()] == ["one.json"]


def test_it_is_abandoned_when_its_owner_is_gone(entry: journal.Entry) -> None:
    assert not entry.abandoned
    assert replace(entry, owner="1 1").abandoned


def test_a_local_cluster_of_the_same_name_is_another_one(entry: journal.Entry) -> None:
    assert not entry.cluster_gone
    assert replace(entry, rung="local", made_by="1 1").cluster_gone


def test_the_oldest_comes_first(entry: journal.Entry) -> None:
    replace(entry, id="two", began=entry.began - 1).write()
    assert [one.id for one in journal.entries()] == ["two", "one"]


def test_a_file_that_is_no_entry_is_named(entry: journal.Entry) -> None:
    entry.file.write_text("{")
    with pytest.raises(UsageError) as told:
        journal.entries()
    assert told.value.where == str(entry.file)
    assert [str(entry.file) in line for line in revert.abandoned()] == [True]


def test_a_journal_that_cannot_be_written_stops_the_fault(entry: journal.Entry, state: Path) -> None:
    entry.remove()
    (state / "faults").rmdir()
    (state / "faults").write_text("")
    with pytest.raises(EnvironmentFault, match="journal"):
        entry.write()
