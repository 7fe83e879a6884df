"""Recordings: the project's demos come out the same again on real clusters, and one that goes wrong shows where."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from canarylab.record import cast

ROOT = Path(__file__).parent.parent
BOUND = 420.0  # seconds; the longest demo takes 130, its cluster ten
WRONG = (
    "#$ assert canary/test/podinfo phase=Failed weight=0 failed=0\n",
    "#$ assert canary/test/podinfo phase=Succeeded\n",
)


def record(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``canarylab record`` in the project's folder, as its docs have it."""
    argv = [sys.executable, "-m", "canarylab", "record", *arguments]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=BOUND)


@pytest.mark.nightly
@pytest.mark.exclusive
@pytest.mark.parametrize("demo", sorted(one.stem for one in (ROOT / "recordings").glob("*.demo")))
def test_a_demo_comes_out_the_same_again(demo: str) -> None:
    done = record(demo, "--check")
    assert done.stdout.endswith(f"{demo}: came out the same again\n"), done.stderr


@pytest.mark.nightly
@pytest.mark.exclusive
def test_a_canary_that_does_not_succeed_fails_its_demo_and_shows_where(tmp_path: Path) -> None:
    text = (ROOT / "recordings" / "rollback.demo").read_text()
    assert WRONG[0] in text
    demo = tmp_path / "bad.demo"
    demo.write_text(text.replace(*WRONG).replace("include parts", f"include {ROOT / 'recordings' / 'parts'}"))
    done = record(str(demo))
    assert done.returncode == 1
    assert re.search(r"canary/test/podinfo is Failed, not Succeeded: .*Canary failed!", done.stderr)
    assert "Progressing   10       3" in done.stderr  # the screen
    line = 1 + text.splitlines().index(WRONG[0].strip())
    assert f"where: {demo}:{line}" in done.stderr
    assert cast.read(tmp_path / "bad.failed.cast").failed
