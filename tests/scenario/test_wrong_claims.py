"""Three wrong expectations over a recorded run: each fails, with the difference in the first screenful."""

from __future__ import annotations

from pathlib import Path

from scenes import HEAD, events, judged, read, rolled_back, seen, without_weight

from canarylab.scenario.claim import Seen
from canarylab.scenario.judge import judge
from canarylab.scenario.result import Result, Status

SCREEN = 24  # lines of the smallest terminal
STAGES = """
- sequence:
    - Progressing 0%
    - Progressing 25%
    - Progressing 50%
    - Promoting 50%
    - Finalising 0%
    - Succeeded 0%
"""


def failure(folder: Path, claims: str, run: Seen) -> str:
    """The first screenful of a failed scenario."""
    found = judged(folder, claims, run)
    result = Result("A test's scenario", "scene.yaml", "shop", found, summary="Succeeded after 55 s")
    assert result.status is Status.FAILED
    return "\n".join(str(result).splitlines()[:SCREEN])


def test_a_weight_that_was_skipped(tmp_path: Path) -> None:
    told = failure(tmp_path, STAGES, seen(without_weight(list(events()), 25)))
    assert "scene.yaml:7: expected `sequence: Progressing 0%, Progressing 25%" in told
    assert "differs:  after Progressing 0% came Progressing 50%, not Progressing 25%" in told


def test_a_wrong_end(tmp_path: Path) -> None:
    told = failure(tmp_path, "- ends: Succeeded", seen(rolled_back()))
    assert "scene.yaml:7: expected `ends: Succeeded`" in told
    assert "expected: Succeeded" in told
    assert "seen:     Failed; Canary failed! Scaling down podinfo.shop" in told


def test_a_split_that_is_off_by_ten_points(tmp_path: Path) -> None:
    # At 40 requests a second, one weight alone shows such a skew in seven to nine of ten runs; at 100 in all.
    told = failure(tmp_path, "- split: {at: 25}", seen(more=10, per_second=100))
    assert "users: answers at weight 25" in told
    assert "expected: 25%, that is " in told
    assert "seen:     3" in told


def test_a_plan_finds_all_three(tmp_path: Path) -> None:
    for run in (seen(without_weight(list(events()), 25)), seen(rolled_back()), seen(more=10)):
        file = read(tmp_path, f"{HEAD}expect:\n  - plan: all-pass\n")
        assert not judge(file, file.scenario.expect, ("expect",), run)[0].holds
