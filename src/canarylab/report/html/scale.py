"""Where a second or a value stands in a chart: across by shares of the width, which fit any screen, down by pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from canarylab.model.canary import TOTAL

_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
_SECOND = 1000.0
MILLISECONDS = " ms"
_LABELS = 6  # of the time axis: they fit a phone


@dataclass(frozen=True)
class Time:
    """The seconds that a chart shows."""

    start: float
    end: float

    def x(self, second: float) -> str:
        """``12.5%``."""
        share = (min(max(second, self.start), self.end) - self.start) / (self.end - self.start)
        return f"{100 * share:.3f}%"

    def width(self, start: float, end: float) -> str:
        return f"{max(0.0, 100 * (min(end, self.end) - max(start, self.start)) / (self.end - self.start)):.3f}%"

    def ticks(self) -> list[int]:
        """Round seconds, evenly spaced."""
        length = self.end - self.start
        step = next((one for one in _STEPS if length / one <= _LABELS), math.ceil(length / _LABELS))
        return list(range(math.ceil(self.start / step) * step, math.floor(self.end) + 1, step))


@dataclass(frozen=True)
class Values:
    """The values from ``low`` to ``high``, in ``height`` pixels; ``unit`` is written behind them."""

    low: float
    high: float
    height: int
    unit: str = "%"

    def y(self, value: float) -> float:
        """The higher value stands higher."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.height * (1 - share), 2)

    def lines(self) -> tuple[float, float, float]:
        return self.low, (self.low + self.high) / 2, self.high

    def label(self, value: float) -> str:
        """As short as the scale's width wants it: from a second on milliseconds are seconds."""
        if self.unit == MILLISECONDS and value >= _SECOND:
            return f"{value / _SECOND:g} s"
        return f"{value:g}{self.unit}"


def ceiling(value: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def top(highest: float) -> float:
    """Where a scale of percent ends that has to show this value."""
    return next(one for one in (10, 25, 50, 75, TOTAL) if one >= highest)
