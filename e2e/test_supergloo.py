"""The walk-through of docs/supergloo.md, typed line by line into one shell on a machine without a container engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "supergloo.md").read_text()
BOUND = 900.0  # seconds; the analysis of both revisions takes 18 ticks of ten seconds


def commands() -> str:
    """What is to be typed, in order."""
    section = PAGE.partition("## The walk-through\n")[2].partition("\n## ")[0]
    return "".join(re.findall(r"^```bash\n(.*?)^```$", section, re.DOTALL | re.MULTILINE))


@pytest.mark.nightly
def test_the_walk_through_ends_with_the_promoted_image_and_the_rollback(report_dir: Path) -> None:
    state = report_dir / "state"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "CANARYLAB_STATE": str(state)}
    try:
        done = subprocess.run(
            ["bash"], input=f"set -e -o pipefail\n{commands()}", env=environ, cwd=ROOT, capture_output=True, text=True,
            check=False, timeout=BOUND,
        )  # fmt: skip
    finally:
        down = [sys.executable, "-m", "canarylab", "down", "--name", "rescue"]
        subprocess.run(down, env=environ, capture_output=True, check=False)  # where the walk did not come so far
        shutil.rmtree(state, ignore_errors=True)
    (report_dir / "walk-through.log").write_text(f"{done.stdout}\n{done.stderr}")
    assert done.returncode == 0, done.stderr
    images = dict(re.findall(r"^image (before|after|in the end): .*podinfo:(\S+)$", done.stdout, re.MULTILINE))
    assert images == {"before": "6.9.0", "after": "6.9.1", "in the end": "6.9.1"}
    assert re.search(r"^podinfo +Failed", done.stdout, re.MULTILINE)
    assert "Halt podinfo.test advancement success rate" in done.stdout
