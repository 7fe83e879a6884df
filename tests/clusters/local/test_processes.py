"""Processes of a cluster are named so that no later one is taken for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from canarylab.clusters.local import processes, registry
from canarylab.errors import EnvironmentFault

PROGRAM = "import subprocess, sys; subprocess.run(['cat'], stdin=sys.stdin)"


@pytest.fixture
def outer(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a child, ``cat``, that stands for the outermost one of a cluster."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE) as process:
        monkeypatch.setattr(registry, "find", lambda _name: SimpleNamespace(process=lambda: process.pid))
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (child := children.read_text()) or processes.name(int(child)) != "cat":
            pass
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_a_program_is_found_below_the_cluster(outer: subprocess.Popen[bytes]) -> None:
    (found,) = processes.of("one", "cat")
    assert registry.lives(found)


def test_a_program_that_does_not_run_is_told(outer: subprocess.Popen[bytes]) -> None:
    with pytest.raises(EnvironmentFault, match="no process of etcd runs"):
        processes.of("one", "etcd")


def test_a_module_of_python_is_named_by_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "timeit", "-s", "import sys", "sys.stdin.read()"], stdin=subprocess.PIPE
    ) as run:
        while not (name := processes.name(run.pid)):  # until exec has told the kernel its words
            pass
        run.kill()
    assert name == "timeit"
    assert processes.name(run.pid) == ""
