"""A program of the machine's own is used if it is one, and of an accepted version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from canarylab.toolchain.found import Finder
from canarylab.toolchain.spec import Ask, Program


def program(name: str, answer: str) -> Program:
    """A program whose version is asked by a command that makes `echo` answer it."""
    return Program(name, "m", ask=Ask((answer,), r"version (\d+\.\d+\.\d+)"))


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with programs that say what they are told to."""
    folder = tmp_path / "bin"
    folder.mkdir()
    echo = shutil.which("echo")
    assert echo
    for name in ("etcd", "kubelet"):
        shutil.copy(echo, folder / name)
    return folder


def finder(folder: Path) -> Finder:
    return Finder(folder.parent / "memory.json", {"PATH": str(folder)})


def test_an_accepted_version_is_used(machine: Path) -> None:
    found = finder(machine).find(program("etcd", "version 3.6.1"), "v3.7.0")
    assert found
    assert (found.path, found.version) == (machine / "etcd", "3.6.1")


@pytest.mark.parametrize("answer", ["version 3.5.1", "version unknown", ""])
def test_another_version_is_not(machine: Path, answer: str) -> None:
    assert finder(machine).find(program("etcd", answer), "v3.7.0") is None


def test_a_minor_version_off_the_pinned_one_is_not_used(machine: Path) -> None:
    assert finder(machine).find(program("kubelet", "version 1.37.9"), "v1.37.2")
    (machine / "kubelet").touch()
    assert finder(machine).find(program("kubelet", "version 1.36.2"), "v1.37.2") is None


def test_kubebuilder_assets_come_before_path(machine: Path, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    shutil.copytree(machine, assets)
    both = Finder(tmp_path / "memory.json", {"PATH": str(machine), "KUBEBUILDER_ASSETS": str(assets)})
    found = both.find(program("etcd", "version 3.6.1"), "")
    assert found
    assert found.path == assets / "etcd"


def test_a_script_is_not_taken_for_a_program(machine: Path) -> None:
    (machine / "etcd").write_text("#!/bin/sh\necho version 3.6.1\n")
    assert finder(machine).find(program("etcd", ""), "") is None


def test_what_was_told_is_remembered_by_a_later_run(machine: Path) -> None:
    first = finder(machine)
    first.find(program("etcd", "version 3.6.1"), "")
    first.remember()
    found = finder(machine).find(program("etcd", "it is not asked again"), "")
    assert found
    assert found.version == "3.6.1"


def test_a_memory_that_cannot_be_kept_or_read_is_no_fault(machine: Path) -> None:
    (machine.parent / "memory.json").write_text("[")
    (machine.parent / "file").write_text("")
    nowhere = Finder(machine.parent / "file" / "memory.json", {"PATH": str(machine)})
    assert nowhere.find(program("etcd", "version 3.6.1"), "")
    nowhere.remember()
    assert finder(machine).find(program("etcd", "version 3.6.1"), "")
