"""Completion as a shell really does it: what is typed before TAB, and what stands there after it."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from canarylab.clusters.local import registry

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
SOURCED = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], 'eval "$(_CANARYLAB_COMPLETE=bash_source canarylab)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -Uz compinit; compinit -u -D; eval "$(_CANARYLAB_COMPLETE=zsh_source canarylab)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "_CANARYLAB_COMPLETE=fish_source canarylab | source"),
}
TYPED = [
    ("canarylab ru", "canarylab run "),
    ("canarylab run go", "canarylab run good "),
    ("canarylab run scenarios/oth", "canarylab run scenarios/other.yaml "),
    ("canarylab run --pa", "canarylab run --pause-on-failure "),
    ("canarylab run --keep f", "canarylab run --keep failed "),
    ("canarylab run --attach de", "canarylab run --attach demo "),
    ("canarylab down --name de", "canarylab down --name demo "),
    ("canarylab plan ca", "canarylab plan canary.yaml "),
]
_BOUND = 60.0  # seconds for one answer; a tenth of one is usual


class Terminal:
    """A shell at a terminal, in a folder."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._end, theirs = pty.openpty()
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "TERM": "dumb", "PS1": "$ ", "HOME": str(folder)}
        self._shell = subprocess.Popen(  # a session of its own, as at a terminal
            ["setsid", "--ctty", *command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env
        )
        os.close(theirs)

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def read_until(self, wanted: str) -> str:
        """What stands there, as soon as it has ``wanted`` in it; all of it after a bound."""
        seen, until = "", time.monotonic() + _BOUND
        while wanted not in seen and select.select([self._end], [], [], until - time.monotonic())[0]:
            seen += os.read(self._end, 4096).decode(errors="replace")
        return seen

    def close(self) -> None:
        self._shell.kill()
        self._shell.wait()
        os.close(self._end)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with scenarios and a Canary, of a user who has a cluster."""
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    (registry.new_folder("demo").root / "cluster.json").write_text("{}")
    (tmp_path / "scenarios").mkdir()
    for file in ("scenarios/good.yaml", "scenarios/other.yaml", "canary.yaml"):
        (tmp_path / file).touch()
    return tmp_path


@pytest.fixture(params=list(SOURCED))
def terminal(request: pytest.FixtureRequest, folder: Path) -> Iterator[Terminal]:
    """Each shell of the docs that is here, with the docs' line."""
    command, source = SOURCED[request.param]
    if not shutil.which(command[0]):
        pytest.skip(f"no {command[0]} here")
    made = Terminal(command, folder)
    try:
        made.type(f"{source}\necho so''urced\n")
        assert "sourced" in made.read_until("sourced")
        yield made
    finally:
        made.close()


def test_what_is_typed_is_completed(terminal: Terminal) -> None:
    for typed, wanted in TYPED:
        terminal.type(f"{typed}\t")
        assert wanted in terminal.read_until(wanted)
        terminal.type("\x15")  # the line away


@pytest.mark.parametrize("shell", SOURCED)
def test_the_docs_have_the_line_of_each_shell(shell: str) -> None:
    _, source = SOURCED[shell]
    assert source.rpartition("; ")[2] in DOCS.read_text()


def test_subcommands_are_offered_without_importing_them() -> None:
    code = (
        "import sys, click; from canarylab.cli import COMMANDS, cli;"
        "names = [one.value for one in cli.shell_complete(click.Context(cli), '')];"
        "assert set(COMMANDS) <= set(names);"
        "assert not [one for one in COMMANDS if f'canarylab.cli.{one}' in sys.modules]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
