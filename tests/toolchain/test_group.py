"""A group of processes ends with the block that made it, and with the process that runs the block."""

from __future__ import annotations

import subprocess
import sys

from canarylab.toolchain import group

BOUND = 20.0
# Starts a child in a group, says so, and waits to be killed.
HOLDER = """
import subprocess, time
from canarylab.toolchain import group
with group.led() as led:
    subprocess.Popen(["sleep", "600"], process_group=led)
    print("started", flush=True)
    time.sleep(600)
"""


def test_what_still_runs_at_the_end_of_the_block_is_killed() -> None:
    with group.led() as led:
        sleeper = subprocess.Popen(["sleep", "600"], process_group=led)
    assert sleeper.wait(BOUND) == -9


def test_it_can_be_ended_before() -> None:
    with group.led() as led:
        sleeper = subprocess.Popen(["sleep", "600"], process_group=led)
        group.end(led)
        assert sleeper.wait(BOUND) == -9


def test_it_ends_with_a_process_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"started\n"
        holder.kill()
        # the sleeper holds the pipe's other end as well: it reads as closed when both are gone
        assert holder.communicate(timeout=BOUND)[0] == b""
