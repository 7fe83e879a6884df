"""A clone of the repository on this machine, worked on by the real ``git``: commits, merges, reverts, pushes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault

_BOUND = 60.0  # seconds for one command of git's
_WHO = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "canarylab"), ("EMAIL", "canarylab@localhost"))
}
# Nobody's settings have a say in a repository that is ours: no hooks, no signatures, no other line ends.
_NOBODYS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def missing() -> str:
    """Why this machine cannot commit; empty if it can."""
    return "" if shutil.which("git") else "there is no git on this machine"


def shown(text: str) -> str:
    """A text without the accounts and passwords that addresses in it may have."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", text)


@dataclass(frozen=True)
class Clone:
    """A working tree in ``folder`` on ``branch``; objects stand in ``path`` of it.

    ``url`` is somebody's repository, which is reached with that user's own settings of git; empty for one of ours.
    """

    folder: Path
    branch: str
    path: str = "canarylab"
    url: str = ""

    def make(self) -> None:
        """Clones somebody's repository and begins a branch in it, or begins one of our own."""
        if missing():
            raise EnvironmentFault(missing(), next_step="install git")
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.url:
            self.git("clone", "--quiet", "--depth=1", self.url, ".")
            self.git("checkout", "--quiet", "-b", self.branch)
        else:
            self.git("init", "--quiet", f"--initial-branch={self.branch}")

    def git(self, *arguments: str) -> str:
        """Runs git in the folder; EnvironmentFault with its own words when it fails or takes longer than a minute."""
        environ = {**os.environ, **_WHO, "GIT_TERMINAL_PROMPT": "0", **({} if self.url else _NOBODYS)}
        where = shown(self.url) or str(self.folder)
        try:
            done = subprocess.run(
                ["git", *arguments], cwd=self.folder, env=environ, capture_output=True, text=True, check=False,
                timeout=_BOUND,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnvironmentFault(f"git {arguments[0]} did not run: {error}", where=where) from error
        if done.returncode != 0:
            said = shown(f"git {' '.join(arguments)}: {(done.stderr or done.stdout).strip()}")
            raise EnvironmentFault(said, where=where)
        return done.stdout.strip()

    def write(self, texts: Mapping[str, str], gone: Iterable[str] = ()) -> None:
        """Writes files into the tree, and takes others out of it."""
        home = self.folder / self.path
        home.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (home / name).write_text(text)
        for name in gone:
            if not (home / name).is_file():
                raise EnvironmentFault(f"the repository has no {name}", where=str(home))
            (home / name).unlink()

    def commit(self, message: str) -> str:
        """Commits the whole tree, also one that did not change; the commit's hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def merge(self, message: str, number: int, topic: str) -> str:
        """Commits the tree on a branch of its own and merges that one, as a pull request is merged; the merge's hash.

        Jenkins X promotes so: a branch with the new version, its pull request, and a merge commit.
        """
        self.git("checkout", "--quiet", "-b", topic)
        self.commit(message)
        self.git("checkout", "--quiet", self.branch)
        told = f"Merge pull request #{number} from {topic}"
        self.git("merge", "--quiet", "--no-ff", f"--message={told}\n\n{message}", topic)
        self.git("branch", "--quiet", "--delete", topic)
        return self.git("rev-parse", "HEAD")

    def revert(self, revision: str) -> str:
        """Reverts a commit, of a merge what it brought to the branch; the new commit's hash."""
        merged = len(self.git("rev-list", "--parents", "--max-count=1", revision).split()) > 2
        self.git("revert", "--no-edit", *(["--mainline=1"] if merged else []), revision)
        return self.git("rev-parse", "HEAD")

    def subject(self, revision: str) -> str:
        """A commit's first line."""
        return self.git("log", "--max-count=1", "--format=%s", revision)

    def text(self, name: str) -> str:
        """A file of the tree; empty where there is none."""
        file = self.folder / self.path / name
        return file.read_text() if file.is_file() else ""

    def push(self, url: str) -> None:
        """Sends the branch."""
        self.git("push", "--quiet", url, f"HEAD:refs/heads/{self.branch}")

    def leave(self) -> None:
        """Deletes the branch from somebody's repository."""
        if self.url:
            self.git("push", "--quiet", self.url, f":refs/heads/{self.branch}")
