"""The facts of a machine are gathered without changing it, also where a folder is still to be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import installed, machine, spec
from canarylab.toolchain.machine import Disk


def test_a_folder_to_be_made_has_the_disk_of_the_one_above(tmp_path: Path) -> None:
    disk = Disk.of(tmp_path / "a" / "b")
    assert (disk.folder, disk.device) == (str(tmp_path / "a" / "b"), tmp_path.stat().st_dev)
    assert disk.free > 0


def test_looking_at_an_empty_cache_makes_nothing_but_the_memory_of_what_programs_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    facts = machine.gather()
    assert {each.name for each in facts.kits[0].to_build} >= {"istiod", "flagger"}
    assert [each.recipe.name for each in facts.on_demand] == list(spec.EXTRAS)
    assert (facts.system, facts.cache_writable, facts.packages_missing) == ("Linux", True, ())
    assert facts.cores >= 1
    assert facts.memory > 10**8
    assert {each.name for each in (tmp_path / "cache").glob("*")} <= {"found.json"}


def test_a_cache_that_leads_nowhere_is_one_clear_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").symlink_to(tmp_path / "nowhere")
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(EnvironmentFault, match="the cache folder cannot be used") as caught:
        machine.gather()
    assert caught.value.where == str(tmp_path / "cache")


@pytest.mark.parametrize(("release", "command"), [("", "`canarylab provision`"), ("1.43.0", "--flagger 1.43.0`")])
def test_a_toolset_that_is_not_whole_is_told_with_the_command_that_completes_it(
    release: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path))
    with pytest.raises(EnvironmentFault, match=r"missing programs and files: .*istiod") as caught:
        installed(release)
    assert caught.value.next_step.endswith(command)
