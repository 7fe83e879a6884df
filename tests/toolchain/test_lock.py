"""One run builds; those that wait say for whom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from canarylab.toolchain import lock
from canarylab.toolchain.progress import Step

HOLDER = """
import sys, pathlib
from canarylab.toolchain import lock, progress
with lock.held(pathlib.Path(sys.argv[1]), progress.silent, 0.0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_who_waits_names_the_holder_and_goes_on_when_it_is_killed(tmp_path: Path) -> None:
    path, steps = tmp_path / "provision.lock", list[Step]()
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        holder.stdout.readline()

        def tell(step: Step) -> None:
            steps.append(step)
            holder.kill()

        with lock.held(path, tell, 0.0):
            pass
    assert steps[0].phase == "waiting"
    assert f"process {holder.pid}" in steps[0].text
    assert not path.with_suffix(".owner").exists()
