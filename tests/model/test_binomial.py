from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.model.binomial import bounds


def probability(trials: int, share: float, least: int, most: int) -> float:
    """Exactly, the slow way."""
    return sum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(least, most + 1))


@given(trials=st.integers(1, 200), percent=st.integers(1, 99), confidence=st.sampled_from([0.9, 0.99, 0.998]))
def test_the_bounds_hold_the_confidence_and_could_not_be_tighter(trials: int, percent: int, confidence: float) -> None:
    share, tail = percent / 100, (1 - confidence) / 2
    least, most = bounds(trials, share, confidence)
    assert probability(trials, share, least, most) >= confidence - 1e-9
    assert probability(trials, share, 0, least) > tail - 1e-12
    assert probability(trials, share, most, trials) > tail - 1e-12


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (1.0, 300)])
def test_at_the_ends_nothing_else_is_possible(share: float, count: int) -> None:
    assert bounds(300, share) == (count, count)


def test_a_tenth_of_three_hundred() -> None:
    assert bounds(300, 0.1) == (17, 44)
