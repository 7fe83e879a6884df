"""The real git, in a folder of the test's own: commits, merges, reverts, and pushes to somebody's repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.gitops import clone, server
from canarylab.gitops.clone import Clone

pytestmark = pytest.mark.skipif(bool(clone.missing()), reason=clone.missing())


@pytest.fixture
def ours(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "clone", "main", "apps/shop")
    made.make()
    made.write({"deployment-web.yaml": "old"})
    made.commit("begin")
    return made


@pytest.fixture
def theirs(tmp_path: Path) -> str:
    """Somebody's repository with one file on main."""
    bare = server.make(tmp_path / "served")
    first = Clone(tmp_path / "first", "main")
    first.make()
    first.write({"README.md": "theirs"})
    first.commit("theirs")
    first.push(str(bare))
    return bare.as_uri()


def branches(url: str) -> set[str]:
    told = subprocess.run(["git", "ls-remote", "--heads", url], capture_output=True, text=True, check=True).stdout
    return {line.rpartition("refs/heads/")[2] for line in told.splitlines()}


def test_a_commit_has_a_hash_and_says_what_it_is_for(ours: Clone) -> None:
    ours.write({"deployment-web.yaml": "new"})
    revision = ours.commit("web 2\n\nmore of it")
    assert len(revision) == 40
    assert ours.subject(revision) == "web 2"
    assert ours.text("deployment-web.yaml") == "new"


def test_a_commit_may_change_nothing(ours: Clone) -> None:
    assert ours.commit("again") != ours.git("rev-parse", "HEAD~1")


def test_a_revert_brings_back_what_was(ours: Clone) -> None:
    ours.write({"deployment-web.yaml": "bad"})
    reverted = ours.revert(ours.commit("web 2"))
    assert ours.text("deployment-web.yaml") == "old"
    assert ours.subject(reverted) == 'Revert "web 2"'


def test_a_merge_has_two_parents_and_its_revert_brings_back_the_branch(ours: Clone) -> None:
    ours.write({"deployment-web.yaml": "new"})
    merged = ours.merge("promote web", 7, "promote-web")
    assert len(ours.git("rev-list", "--parents", "--max-count=1", merged).split()) == 3
    assert ours.subject(merged) == "Merge pull request #7 from promote-web"
    ours.revert(merged)
    assert ours.text("deployment-web.yaml") == "old"


def test_a_file_that_is_taken_out_has_to_be_there(ours: Clone) -> None:
    ours.write({}, ["deployment-web.yaml"])
    with pytest.raises(EnvironmentFault, match=r"no deployment-web\.yaml"):
        ours.write({}, ["deployment-web.yaml"])


def test_in_somebodys_repository_only_a_branch_of_its_own_is_written_and_it_goes(theirs: str, tmp_path: Path) -> None:
    ours = Clone(tmp_path / "work", "canarylab-test-1", "apps", theirs)
    ours.make()
    ours.write({"deployment-web.yaml": "new"})
    ours.commit("begin")
    ours.push(theirs)
    assert branches(theirs) == {"main", "canarylab-test-1"}
    assert (ours.folder / "canarylab" / "README.md").read_text() == "theirs"
    ours.leave()
    assert branches(theirs) == {"main"}


def test_a_repository_that_is_not_there_is_told_in_gits_words(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="git clone"):
        Clone(tmp_path / "work", "b", url=(tmp_path / "nowhere").as_uri()).make()


def test_no_password_is_shown(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as told:
        Clone(tmp_path / "work", "b", url="http://me:secret@127.0.0.1:1/fleet.git").make()
    assert "127.0.0.1:1/fleet.git" in str(told.value)
    assert "secret" not in str(told.value)


def test_nobodys_settings_count_in_a_repository_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text("[commit]\n\tgpgsign = true\n[user]\n\tname = somebody\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    made = Clone(tmp_path / "clone", "main")
    made.make()
    assert made.git("log", "-1", "--format=%an", made.commit("begin")) == "canarylab"
