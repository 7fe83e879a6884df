"""Files in the cache are whole or not there, and what an OS error on them means is told in words."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import storage


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, "the disk became full"),
        (errno.EDQUOT, "the disk became full"),
        (errno.EROFS, "cannot be written"),
        (errno.EACCES, "cannot be written"),
        (errno.ENOTDIR, "cannot be used: Not a directory"),
    ],
)
def test_an_os_error_becomes_one_clear_fault(number: int, what: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=what) as caught, storage.using(tmp_path):
        raise OSError(number, os.strerror(number), str(tmp_path / "x"))
    assert caught.value.where == str(tmp_path / "x")
    assert "CANARYLAB_CACHE" in caught.value.next_step


def test_a_file_is_replaced_whole_and_readable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    storage.write_atomically(file, "old")
    storage.write_atomically(file, "new")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o044 == 0o044


def test_a_write_that_fails_leaves_the_old_text(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        storage.write_atomically(file, "\ud800")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_scratch_folder_is_gone_however_its_use_ends(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), storage.scratch(tmp_path, ".make-"):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_a_copy_of_read_only_files_can_be_changed_and_removed(tmp_path: Path) -> None:
    (tmp_path / "module" / "sub").mkdir(parents=True)
    (tmp_path / "module" / "sub" / "x").write_text("x")
    (tmp_path / "module" / "sub" / "x").chmod(0o444)
    (tmp_path / "module" / "sub").chmod(0o555)
    storage.copy(tmp_path / "module", tmp_path / "copy")
    (tmp_path / "copy" / "sub" / "x").write_text("y")
    (tmp_path / "module" / "sub").chmod(0o755)


def test_a_finished_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for name in ("new", "target"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    storage.replace_folder(tmp_path / "new", tmp_path / "target")
    assert [each.name for each in (tmp_path / "target").iterdir()] == ["new"]
    assert [each.name for each in tmp_path.iterdir()] == ["target"]


def test_a_folder_to_be_made_is_writable_where_the_one_above_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert storage.writable(tmp_path / "a" / "b")
    assert not storage.writable(tmp_path / "file" / "b")
