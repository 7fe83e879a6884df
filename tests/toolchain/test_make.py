"""What is missing is made whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.toolchain.conftest import Workshop

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import manifest
from canarylab.toolchain.make import make
from canarylab.toolchain.progress import silent


def test_everything_that_was_missing_is_here_afterwards(workshop: Workshop) -> None:
    assert workshop.look().missing == ["one", "two", "alpha", "tools/charts"]
    make(workshop.look(), workshop.cache, workshop.go, silent, 0.0)
    kit = workshop.look()
    assert kit.complete
    assert kit.folder == workshop.cache / "toolchains" / f"{workshop.recipe.key}-go1.99.0"
    assert {each.version for each in kit.programs.values()} == {"v1.2.3"}
    assert kit.programs["two"].path.resolve() == kit.folder / "bin" / "multi"
    assert kit.programs["alpha"].sha256 == manifest.sha256(kit.programs["alpha"].path)
    assert (kit.folder / "share/tools/charts/Chart.yaml").read_text() == "name: x\n"
    assert manifest.load(kit.folder).assets == {"tools/charts": "example.com/tools@v1.2.3"}


def test_a_failed_build_leaves_nothing_that_counts(workshop: Workshop) -> None:
    workshop.fail("# example.com/tools/lib\nlib.go:3:1: syntax error\n")
    with pytest.raises(EnvironmentFault, match=r"lib\.go:3:1: syntax error"):
        make(workshop.look(), workshop.cache, workshop.go, silent, 0.0)
    assert len(workshop.look().missing) == 4
    assert not list((workshop.cache / "toolchains").glob(".make-*"))
    workshop.mend()
    make(workshop.look(), workshop.cache, workshop.go, silent, 0.0)
    assert workshop.look().complete


def test_what_was_built_while_its_source_changed_is_not_kept(workshop: Workshop) -> None:
    lacking = workshop.look()
    assert workshop.recipe.source
    (workshop.recipe.source / "go.mod").write_text("module other\n")
    with pytest.raises(EnvironmentFault, match="source changed while it was built"):
        make(lacking, workshop.cache, workshop.go, silent, 0.0)
    assert not list((workshop.cache / "toolchains").iterdir())


def test_what_a_killed_run_left_is_swept_and_never_taken(workshop: Workshop) -> None:
    folder, name = workshop.cache / "toolchains", f"{workshop.recipe.key}-go1.99.0"
    (folder / ".make-killed" / "bin").mkdir(parents=True)
    (folder / name / "bin").mkdir(parents=True)
    (folder / name / "bin" / "alpha").write_text("half")
    assert "alpha" in workshop.look().missing
    make(workshop.look(), workshop.cache, workshop.go, silent, 0.0)
    assert workshop.look().complete
    assert sorted(each.name for each in folder.iterdir()) == [name]


def test_a_file_of_another_size_than_recorded_is_made_again(workshop: Workshop) -> None:
    make(workshop.look(), workshop.cache, workshop.go, silent, 0.0)
    workshop.look().programs["alpha"].path.write_text("")
    assert workshop.look().missing == ["alpha"]


def test_a_damaged_manifest_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"built": {"x": {"size": 1}}')
    assert manifest.load(tmp_path) == manifest.Manifest()


def test_others_may_read_what_was_made(workshop: Workshop) -> None:
    make(workshop.look(), workshop.cache, workshop.go, silent, 0.0)
    folder = workshop.look().folder
    assert folder
    assert (folder / "manifest.json").stat().st_mode & 0o044 == 0o044
    assert folder.stat().st_mode & 0o055 == 0o055
