"""What a demo asserts of a Canary, and when it knows that it will not come."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))  # for ``rollouts``

import rollouts

from canarylab.model.timeline import CanarySeen, Timeline
from canarylab.record import asserted
from canarylab.record.script import Assert, CanaryName

PROMOTED, ROLLED_BACK = (Timeline(one.timeline.events) for one in (rollouts.PROMOTED, rollouts.ROLLED_BACK))


def asks(**wanted: str) -> Assert:
    return Assert("a.demo:1", "", CanaryName("shop", "web"), wanted)


@pytest.mark.parametrize(
    ("wanted", "so"),
    [
        ({"phase": "Succeeded", "weight": "0", "failed": "0"}, True),
        ({"phase": "Succeeded", "weight": "10"}, False),
        ({"primary": "web:2", "target": ":2"}, True),
        ({"primary": "web:1"}, False),
    ],
)
def test_status_and_images_are_asserted(wanted: dict[str, str], so: bool) -> None:
    assert asserted.holds(PROMOTED, asks(**wanted)) == so


def test_nothing_is_so_before_it_was_seen() -> None:
    assert not asserted.holds(Timeline(()), asks(phase="Succeeded"))


def test_the_other_end_of_a_rollout_is_known_at_once() -> None:
    why = asserted.missed(ROLLED_BACK.events, asks(phase="Succeeded"))
    assert why.startswith("canary/shop/web is Failed, not Succeeded: Canary failed!")
    assert asserted.missed(PROMOTED.events, asks(phase="Failed")).startswith("canary/shop/web is Succeeded")


def test_an_end_from_before_is_no_reason() -> None:
    assert asserted.missed(ROLLED_BACK.events[-1:], asks(phase="Succeeded")) == ""
    assert asserted.missed(ROLLED_BACK.events, asks(phase="Progressing", weight="50")) == ""


def test_the_next_check_is_a_whole_number_of_intervals_away() -> None:
    last = next(one for one in PROMOTED.events[::-1] if isinstance(one, CanarySeen))
    seen = Timeline([replace(last, at=10.0), replace(last, at=20.0)])
    assert asserted.until_check(seen, 10.0, 23.0) == pytest.approx(8.0)
    assert asserted.until_check(seen, 10.0, 47.5) == pytest.approx(3.5)
    assert asserted.until_check(Timeline(seen.events[:1]), 10.0, 23.0) == 0.0
