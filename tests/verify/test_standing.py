"""When a rollout is awaited, on its way, ended, never begun or stuck, and what belongs to it."""

from __future__ import annotations

import pytest
from situations import IDLE, PROMOTED, UNDER_WAY, gap, route, seen

from canarylab.model.timeline import Event, Timeline
from canarylab.verify import progress
from canarylab.verify.progress import Limits, Standing

LIMITS = Limits(start=60, end=100)


@pytest.mark.parametrize(
    ("events", "at", "standing"),
    [
        ([], 10, Standing.AWAITED),
        (IDLE, 60, Standing.AWAITED),
        (IDLE, 61, Standing.NEVER),
        ([seen(0, "Succeeded")], 61, Standing.NEVER),
        ([seen(0, "Initializing")], 30, Standing.AWAITED),
        ([seen(0, "Initializing"), seen(9, "Initialized")], 30, Standing.AWAITED),
        ([seen(0, "Initializing"), seen(9, "Failed")], 30, Standing.ENDED),
        ([seen(0, "Failed")], 30, Standing.AWAITED),
        (UNDER_WAY, 105, Standing.RUNNING),
        (UNDER_WAY, 106, Standing.STUCK),
        ([seen(3, "WaitingPromotion")], 50, Standing.RUNNING),
        (PROMOTED, 1000, Standing.ENDED),
        ([*PROMOTED, seen(70, "Progressing")], 1000, Standing.ENDED),
    ],
)
def test_where_a_rollout_stands(events: list[Event], at: float, standing: Standing) -> None:
    assert progress.standing(Timeline(events), followed=0, at=at, limits=LIMITS) is standing


def test_a_rollout_keeps_what_stood_before_it_and_leaves_out_the_next_one() -> None:
    earlier = [seen(-20, "Succeeded"), gap(-19), seen(-10, "Initialized"), route(-10, 0)]
    record = progress.rollout(Timeline([*earlier, *PROMOTED[2:], seen(70, "Progressing"), seen(80, "Failed")]))
    assert record.events == [*earlier[2:], *PROMOTED[2:]]


def test_before_it_begins_all_is_kept() -> None:
    assert progress.rollout(Timeline(IDLE)).events == IDLE


@pytest.mark.parametrize(("events", "seconds"), [(IDLE, 0), (UNDER_WAY, 55), (PROMOTED, 50)])
def test_how_long_it_took(events: list[Event], seconds: float) -> None:
    assert progress.seconds(Timeline(events), at=60) == seconds
