"""Folders of clusters: new ones, those in the way, and a real process that is ended by its record."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from canarylab.clusters.local import registry
from canarylab.clusters.local.registry import Record
from canarylab.errors import EnvironmentFault, UsageError


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["", "Upper", "-a", "a-", "a/b", "../up", "x" * 41])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no name for a cluster"):
        registry.new_folder(name)


def test_a_new_folder_is_closed_to_others() -> None:
    assert registry.new_folder("demo").root.stat().st_mode & 0o777 == 0o700


def test_what_a_dead_cluster_left_makes_room() -> None:
    (registry.new_folder("demo").root / "old").touch()
    assert not (registry.new_folder("demo").root / "old").exists()


def test_a_live_cluster_is_not_replaced_and_can_be_ended() -> None:
    folder = registry.new_folder("demo")
    with subprocess.Popen(["sleep", "60"]) as process:
        folder.pid.write_text(f"{process.pid} {registry.start_time(process.pid)}")
        with pytest.raises(UsageError, match="is running"):
            registry.new_folder("demo")
        Record(folder).end()
        assert process.wait(timeout=5) == -9


def test_a_process_that_only_has_the_same_id_is_left_alone() -> None:
    folder = registry.new_folder("demo")
    with subprocess.Popen(["sleep", "60"]) as process:
        folder.pid.write_text(f"{process.pid} 1")
        Record(folder).end()
        assert process.poll() is None
        process.kill()


def test_an_unknown_cluster_is_an_error_that_names_the_known_ones() -> None:
    (registry.new_folder("demo").root / "cluster.json").write_text('{"ports": {}}')
    with pytest.raises(UsageError, match="known: demo"):
        registry.find("other")


def test_a_state_folder_that_is_a_file_is_a_fault_of_the_environment(state: Path) -> None:
    (state / "clusters").write_text("")
    with pytest.raises(EnvironmentFault, match="CANARYLAB_STATE"):
        registry.new_folder("demo")


def test_what_a_killed_run_left_is_swept_and_what_somebody_keeps_is_not() -> None:
    with subprocess.Popen(["sleep", "60"]) as run:
        swept = registry.new_folder("swept", owner=run.pid).root
        kept = registry.new_folder("kept", owner=run.pid)
        Record(kept).keep()
        mine = registry.new_folder("made-by-up").root
        registry.sweep()
        assert swept.is_dir()
        run.kill()
    registry.sweep()
    assert not swept.exists()
    assert kept.root.is_dir()
    assert mine.is_dir()


def test_a_process_that_only_waits_to_be_collected_does_not_live() -> None:
    with subprocess.Popen(["sleep", "60"]) as ended:
        known = registry.identity(ended.pid)
        assert registry.lives(known)
        ended.kill()
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert not registry.lives(known)
