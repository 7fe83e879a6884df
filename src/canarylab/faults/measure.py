"""Measuring: a reading counts how many looks show a fault, and looks are taken until one is as it has to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from canarylab.clock import Clock, SystemClock
from canarylab.errors import CanarylabError
from canarylab.model import binomial

CONFIDENCE = 0.999  # of the bounds of a share; a reading outside of them is followed by another
_PAUSE = 0.1
_SYSTEM = SystemClock()


@dataclass(frozen=True)
class Reading:
    """``hits`` of ``of`` looks showed the fault; ``what`` says what they are, as ``answers were 500``."""

    hits: int
    of: int
    what: str

    def __str__(self) -> str:
        return f"{self.hits} of {self.of} {self.what}"


class NotMeasured(CanarylabError):
    """No reading was as it has to be."""


def until(
    look: Callable[[], Reading], good: Callable[[Reading], bool], bound: float, clock: Clock = _SYSTEM
) -> Reading:
    """The first good reading; NotMeasured with the last one, or with why there is none, after ``bound`` seconds."""
    deadline, last = clock.monotonic() + bound, ""
    while True:
        try:
            reading = look()
            if good(reading):
                return reading
            last = str(reading)
        except CanarylabError as error:
            last = error.what
        if clock.monotonic() >= deadline:
            raise NotMeasured(last)
        clock.sleep(_PAUSE)


def entirely(reading: Reading) -> bool:
    """Every look shows the fault, and there was one."""
    return reading.hits == reading.of > 0


def partly(reading: Reading) -> bool:
    """Some looks show the fault."""
    return reading.hits > 0


def to_and_fro(reading: Reading) -> bool:
    """Some looks show the fault, and some do not."""
    return 0 < reading.hits < reading.of


def none(reading: Reading) -> bool:
    """No look shows the fault."""
    return reading.hits == 0


def none_of_some(reading: Reading) -> bool:
    """There were looks, and none of them shows the fault."""
    return reading.hits == 0 < reading.of


def share(percent: float) -> Callable[[Reading], bool]:
    """As many looks as chance allows show a fault that strikes ``percent`` of them."""

    def judge(reading: Reading) -> bool:
        least, most = binomial.bounds(reading.of, percent / 100, CONFIDENCE)
        return reading.of > 0 and least <= reading.hits <= most

    return judge
