"""A run that pauses shows what failed on the terminal, and waits there for Enter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PAUSES = """
def test_that_pauses(pytestconfig):
    pytestconfig.pluginmanager.getplugin("canarylab-scenarios")._pause("it failed")
    print("went on")
"""


def test_it_waits_for_enter_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "test_pauses.py").write_text(_PAUSES)
    terminal, theirs = os.openpty()
    command = [sys.executable, "-m", "pytest", "-q", "-rP", "-p", "no:cacheprovider"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        shown = ""
        while not shown.endswith("Enter goes on: "):
            shown += run.stdout.read(1) or "(it ended) Enter goes on: "
        os.write(terminal, b"\n")
        rest = run.stdout.read()
    os.close(terminal)
    os.close(theirs)
    assert shown.endswith("it failed\nEnter goes on: ")
    assert "went on" in rest
    assert run.returncode == 0
