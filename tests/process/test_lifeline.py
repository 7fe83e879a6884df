"""A lifeline reads as closed exactly when its holder is gone, SIGKILL included."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.process import lifeline

_HOLDER = """
import pathlib, sys
from canarylab.process import lifeline
lifeline.hold(pathlib.Path(sys.argv[1]))
print(flush=True)
input()
"""


def _reads_as_closed(end: int, within: float = 0.0) -> bool:
    readable, _, _ = select.select([end], [], [], within)
    return bool(readable)


def test_a_pipe_of_this_process_closes_with_its_block() -> None:
    with lifeline.of_this_process() as end:
        kept = os.dup(end)
        assert not _reads_as_closed(kept)
    assert _reads_as_closed(kept)
    os.close(kept)


def test_a_named_pipe_closes_when_its_holder_is_killed(tmp_path: Path) -> None:
    pipe = tmp_path / "lifeline"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(pipe)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with lifeline.held_by(pipe) as end:
            assert not _reads_as_closed(end)
            holder.send_signal(signal.SIGKILL)
            assert _reads_as_closed(end, within=10)


def test_a_pipe_that_nobody_holds_is_refused(tmp_path: Path) -> None:
    os.close(lifeline.hold(tmp_path / "lifeline"))
    with pytest.raises(EnvironmentFault, match="has ended"), lifeline.held_by(tmp_path / "lifeline"):
        pass
