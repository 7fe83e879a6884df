"""A lifeline reads as closed exactly when its holder is gone, SIGKILL included."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from canarylab.errors import EnvironmentFault
from canarylab.process import lifeline
from canarylab.process.lifeline import Lifeline

_HOLDER = """
from canarylab.process.lifeline import Lifeline
held = Lifeline()
print(held.address, flush=True)
input()
"""


def _reads_as_closed(end: int, within: float = 0.0) -> bool:
    readable, _, _ = select.select([end], [], [], within)
    return bool(readable)


def test_it_closes_when_its_holder_lets_go() -> None:
    held = Lifeline()
    with lifeline.opened(held.address) as end:
        assert not _reads_as_closed(end)
        held.close()
        assert _reads_as_closed(end)


def test_it_closes_when_its_holder_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        with lifeline.opened(holder.stdout.readline().decode().strip()) as end:
            assert not _reads_as_closed(end)
            holder.send_signal(signal.SIGKILL)
            assert _reads_as_closed(end, within=10)


def test_the_lifeline_of_an_ended_run_is_refused() -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        address = holder.stdout.readline().decode().strip()
        holder.kill()
    with pytest.raises(EnvironmentFault, match="has ended"), lifeline.opened(address):
        pass


def test_it_is_not_inherited_by_accident() -> None:
    held = Lifeline()
    assert not os.get_inheritable(held.read_end)
    held.close()
