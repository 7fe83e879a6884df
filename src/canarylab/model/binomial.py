"""Exact bounds of a binomial count: how many of N answers may come from a share P of the traffic by chance."""

from __future__ import annotations

import math
from functools import lru_cache


def _log_mass(trials: int, share: float, hits: int) -> float:
    choices = math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)
    return choices + hits * math.log(share) + (trials - hits) * math.log1p(-share)


@lru_cache(maxsize=256)
def bounds(trials: int, share: float, confidence: float = 0.99) -> tuple[int, int]:
    """The least and the most hits, between which a count lies with at least ``confidence``, tails alike.

    ``share`` is from 0 to 1; at either end every other count is impossible. Each tail outside holds at most
    half of what ``confidence`` leaves.
    """
    if share <= 0 or share >= 1:
        certain = trials if share >= 1 else 0
        return certain, certain
    tail = (1 - confidence) / 2
    masses = [math.exp(_log_mass(trials, share, hits)) for hits in range(trials + 1)]
    return _cut(masses, tail), trials - _cut(masses[::-1], tail)


def _cut(masses: list[float], tail: float) -> int:
    """How many counts from the start can be left out before they weigh more than ``tail``."""
    total = 0.0
    for hits, mass in enumerate(masses):
        total += mass
        if total > tail:
            return hits
    return len(masses) - 1
