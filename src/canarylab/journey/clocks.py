"""Brings what users tell by their node's clock onto this machine's monotonic clock, by which the record is kept.

A pod of another machine tells seconds since the epoch. How far its clock is off shows when its newest answer is read:
it was neither given after the reading, nor long before, because users ask all the time. What lies between these bounds
is taken as it is; a clock that is further off is set right by the nearer bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from canarylab.model.traffic import Answer

# Seconds that the newest answer in a log may be old: the client holds lines for 0.2 s, and the kubelet writes them.
NEWEST = 0.5


def correction(asked: float, read: float, newest: float) -> float:
    """What to add to a clock by which the newest answer came at ``newest``.

    ``asked`` and ``read`` are when its log was asked for and when it had come, by this machine's clock.
    """
    if newest > read:
        return read - newest
    return max(0.0, asked - NEWEST - newest)


@dataclass
class Clocks:
    """Seconds to add to the times of each crowd; ``base`` for those that have not been set."""

    base: float
    shared: bool
    added: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of_this_machine(cls, *, shared: bool) -> Clocks:
        """Pods that share the machine's clock tell its monotonic seconds, all others those since the epoch."""
        return cls(0.0 if shared else time.monotonic() - time.time(), shared)

    def here(self, crowd: str, answers: Sequence[Answer]) -> list[Answer]:
        """The answers by this machine's clock."""
        added = self.added.get(crowd, self.base)
        if not added:
            return list(answers)
        return [replace(one, sent=one.sent + added, answered=one.answered + added) for one in answers]

    def set(self, crowd: str, newest: Callable[[], Sequence[Answer]]) -> None:
        """Sets a crowd's clock right by its newest answer."""
        if self.shared:
            return
        asked = time.monotonic()
        found = newest()
        read, base = time.monotonic(), self.base
        if found:
            self.added[crowd] = base + correction(asked, read, found[-1].answered + base)
