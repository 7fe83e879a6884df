"""Weights as each mesh takes them: whole numbers up to a bound, or hundredths of a percent that make 100."""

from __future__ import annotations

import math
from collections.abc import Sequence

_HUNDREDTHS = 10_000


def bounded(weights: Sequence[int], most: int) -> list[int] | None:
    """The same proportions with no number above ``most``; the numbers themselves where they fit, None if none do."""
    if max(weights) <= most:
        return list(weights)
    reduced = [weight // math.gcd(*weights) for weight in weights]
    return reduced if max(reduced) <= most else None


def percentages(weights: Sequence[int]) -> list[float] | None:
    """Percentages with two decimals that make 100 together; None if a share would be less than the least.

    What rounding leaves over goes to those who lost most by it, so that none is off by a hundredth.
    """
    total = sum(weights)
    shares = [weight * _HUNDREDTHS // total for weight in weights]
    lost = sorted(range(len(weights)), key=lambda place: -(weights[place] * _HUNDREDTHS % total))
    for place in lost[: _HUNDREDTHS - sum(shares)]:
        shares[place] += 1
    if any(weight and not share for weight, share in zip(weights, shares, strict=True)):
        return None
    return [share / 100 for share in shares]
