"""What a scenario comes to: passed, failed, known upstream, or news."""

from __future__ import annotations

import pytest

from canarylab.errors import CanarylabError
from canarylab.model.verdict import Finding
from canarylab.scenario import summary
from canarylab.scenario.result import Judged, Result, Status, Trouble
from canarylab.scenario.summary import Done

GOOD = (Judged("ends: Succeeded", "f:3", (Finding("the last phase", True, "Succeeded", "Succeeded"),)),)
BAD = (Judged("ends: Succeeded", "f:3", (Finding("the last phase", False, "Succeeded", "Failed"),)),)
LOST = Trouble("steps", "gate: open", "f:9", CanarylabError("no load tester", next_step="install it"))


def result(expected: tuple[Judged, ...], observed: tuple[Judged, ...] = (), **more: object) -> Result:
    return Result("a title", "f", "shop", expected, observed, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (result(GOOD), Status.PASSED),
        (result(BAD), Status.FAILED),
        (result(BAD, GOOD, applies=True, upstream="#1"), Status.KNOWN),
        (result(GOOD, BAD, applies=True, upstream="#1"), Status.NEWS),
        (result(BAD, BAD, applies=True, upstream="#1"), Status.FAILED),
        (result(BAD, GOOD, applies=False, upstream="#1"), Status.FAILED),
        (result(GOOD, BAD, applies=False, upstream="#1"), Status.PASSED),
        (result(GOOD, troubles=(LOST,)), Status.FAILED),
        (result(BAD, GOOD, applies=True, troubles=(LOST,)), Status.FAILED),
    ],
)
def test_the_status(made: Result, status: Status) -> None:
    assert made.status is status


def test_a_failing_catch_does_not_replace_the_failure_nor_make_one() -> None:
    assert result(GOOD, troubles=(Trouble("catch", "run: x", "f:9", CanarylabError("no")),)).status is Status.PASSED


def test_a_failure_tells_the_step_and_the_claim_with_their_places() -> None:
    told = str(result(BAD, troubles=(LOST,), again="canarylab run f"))
    assert told.splitlines()[:4] == [
        "f: a title: failed",
        "f:9: steps: `gate: open` did not work",
        "        no load tester",
        "          next:  install it",
    ]
    assert "f:3: expected `ends: Succeeded`\nWRONG the last phase" in told
    assert told.endswith("again:     canarylab run f")


def test_a_third_outcome_tells_what_is_known_too() -> None:
    told = str(result(BAD, BAD, applies=True, upstream="fluxcd/flagger#1"))
    assert "nor is it what is known (fluxcd/flagger#1):" in told


def test_news_and_known_say_why() -> None:
    assert result(GOOD, BAD, applies=True, upstream="#1").reason.startswith("news: sound, although #1 is known")
    assert result(BAD, GOOD, applies=True, upstream="#1").reason == "known upstream: #1"


def test_facts_are_plain() -> None:
    facts = result(BAD, troubles=(LOST,)).facts()
    assert facts["status"] == "failed"
    assert facts["expected"][0]["findings"][0]["seen"] == "Failed"


def test_the_wall_time_is_held_against_the_longest_scenario() -> None:
    done = [Done("a", True, "passed", 100.0), Done("b", False, "failed", 60.0)]
    assert list(summary.lines(done, 140.0)) == [
        "wall time 140 s, within the bound of 150 s: 1.5 x the longest, a with 100 s",
        "1 passed, 1 failed",
    ]
    assert "over the bound" in next(summary.lines(done, 151.0))


def test_repeated_scenarios_have_a_flake_rate() -> None:
    done = [Done("a", number > 0, "passed", 1.0) for number in range(4)]
    assert list(summary.lines(done, 1.0))[-1] == "a: 3 of 4 passed, flake rate 25%"


def test_nothing_is_said_of_no_run() -> None:
    assert list(summary.lines([], 1.0)) == []
