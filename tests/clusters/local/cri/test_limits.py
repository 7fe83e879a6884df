"""Limits become control group files, of version 1 and 2, and what has no group is named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from canarylab.clusters.local.cri.limits import Limits, settings


def resources(memory: int = 0, quota: int = 0, period: int = 0, pids: str = "") -> Any:
    unified = {"pids.max": pids} if pids else {}
    return SimpleNamespace(memory_limit_in_bytes=memory, cpu_quota=quota, cpu_period=period, unified=unified)


def version_2(root: Path, handed_on: str) -> Limits:
    (root / "cgroup.controllers").write_text("cpu memory pids\n")
    (root / "us").mkdir()
    (root / "cgroup.subtree_control").write_text(handed_on)
    own = root / "own"
    own.write_text("0::/us\n")
    return Limits(root, str(own))


def version_1(root: Path) -> Limits:
    for controller in ("memory", "cpu"):
        (root / controller / "us").mkdir(parents=True)
    own = root / "own"
    own.write_text("4:memory:/us\n2:cpu,cpuacct:/us\n8:pids:/us\n0::/\n")
    return Limits(root, str(own))


def test_nothing_is_asked_for() -> None:
    assert settings(resources(), unified=True) == {}
    assert settings(resources(quota=-1), unified=False) == {}


def test_settings_of_version_2() -> None:
    asked = resources(memory=1 << 20, quota=50_000, period=100_000, pids="12")
    assert settings(asked, unified=True) == {
        "memory": {"memory.max": "1048576"},
        "cpu": {"cpu.max": "50000 100000"},
        "pids": {"pids.max": "12"},
    }


def test_settings_of_version_1() -> None:
    assert settings(resources(memory=4096, quota=20_000), unified=False) == {
        "memory": {"memory.limit_in_bytes": "4096"},
        "cpu": {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "20000"},
    }


def test_a_group_stands_beside_our_own_in_version_2(tmp_path: Path) -> None:
    folders, missing = version_2(tmp_path, "memory cpu").make("c" * 64, resources(memory=4096, quota=1000))
    assert (folders, missing) == ([str(tmp_path / f"canarylab-{'c' * 32}")], [])
    assert Path(folders[0], "memory.max").read_text() == "4096"
    assert Path(folders[0], "cpu.max").read_text() == "1000 100000"


def test_a_controller_that_is_not_handed_on_is_missing(tmp_path: Path) -> None:
    folders, missing = version_2(tmp_path, "cpu").make("c", resources(memory=4096, quota=1000))
    assert (len(folders), missing) == (1, ["memory"])


def test_version_1_has_a_group_in_each_hierarchy(tmp_path: Path) -> None:
    folders, missing = version_1(tmp_path).make("c", resources(memory=4096, quota=1000, pids="3"))
    assert folders == [str(tmp_path / kind / "us" / "canarylab-c") for kind in ("cpu", "memory")]
    assert missing == ["pids"]


def test_a_change_writes_to_the_groups_that_are_there(tmp_path: Path) -> None:
    limits = version_1(tmp_path)
    folders, _ = limits.make("c", resources(memory=4096))
    assert limits.change(folders, "c", resources(memory=8192, quota=1000)) == ["cpu"]
    assert Path(folders[0], "memory.limit_in_bytes").read_text() == "8192"


def test_empty_groups_of_ended_clusters_are_swept(tmp_path: Path) -> None:
    limits = version_2(tmp_path, "memory")
    (tmp_path / "canarylab-left").mkdir()
    (tmp_path / "another").mkdir()
    limits.sweep()
    assert not (tmp_path / "canarylab-left").exists()
    assert (tmp_path / "another").exists()
