"""Durations as rules write them (1h, 1m, 1.5s, 1ms, or several of these) in whole milliseconds, and back."""

from __future__ import annotations

import re
from fractions import Fraction

from canarylab.supergloo.refusal import Refusal

_UNITS = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_PART = r"(\d+(?:\.\d+)?)(ms|h|m|s)"


def milliseconds(text: str, what: str) -> int:
    """The duration; Refusal if it is none, or not a whole number of milliseconds above 0."""
    if re.fullmatch(f"(?:{_PART})+", text):
        total = sum(Fraction(number) * _UNITS[unit] for number, unit in re.findall(_PART, text))
        if total >= 1 and total.denominator == 1:
            return int(total)
    raise Refusal(f"{what}: {text!r} is no duration; write it like 1h, 1m, 1s or 1ms, of at least 1ms")


def written(duration: int) -> str:
    """A duration in the greatest units, as every mesh reads it."""
    rest, parts = duration, []
    for unit, size in _UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
