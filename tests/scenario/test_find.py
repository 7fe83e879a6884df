"""Words mean files, folders, or names in the folder ``scenarios``."""

from __future__ import annotations

from pathlib import Path

import pytest

from canarylab.errors import UsageError
from canarylab.scenario import find

MODELINE = "# yaml-language-server: $schema=../docs/scenario.schema.json\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("scenarios/a.yaml", "scenarios/b.yml", "scenarios/objects/c.yaml", "deploy/d.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("title: x\n")
    (tmp_path / "deploy" / "mine.yaml").write_text(MODELINE)
    return tmp_path


def names(root: Path, *words: str) -> list[str]:
    return [str(one.relative_to(root)) for one in find.files(words, root)]


def test_words_mean_files_folders_and_names(root: Path) -> None:
    assert names(root, "a") == ["scenarios/a.yaml"]
    assert names(root, "scenarios") == ["scenarios/a.yaml", "scenarios/b.yml"]
    assert names(root, "deploy/d.yaml", "deploy") == ["deploy/d.yaml", "deploy/mine.yaml"]
    assert names(root, "a", "scenarios") == ["scenarios/a.yaml", "scenarios/b.yml"]


def test_a_word_that_means_nothing_is_told_with_the_nearest(root: Path) -> None:
    (root / "scenarios" / "rollback.yaml").touch()
    with pytest.raises(UsageError, match="no file, folder or scenario 'rolback'") as caught:
        find.files(["rolback"], root)
    assert caught.value.next_step == "did you mean `rollback`?"


def test_a_folder_without_scenarios_is_told(root: Path) -> None:
    with pytest.raises(UsageError, match="no scenario lies in the folder"):
        find.files(["scenarios/objects"], root)
