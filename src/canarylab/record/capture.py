"""What came of a demo: everything that the terminal sent and when, when each instruction began, and how it ended."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from canarylab.record.script import Instruction


@dataclass(frozen=True)
class Chunk:
    """What the terminal sent at the monotonic second ``at``."""

    at: float
    text: str


@dataclass(frozen=True)
class Began:
    """An instruction began at the second ``at``, when ``offset`` letters had come."""

    at: float
    offset: int
    instruction: Instruction


@dataclass(frozen=True)
class Turn:
    """A rollout came to another stage at the second ``at``. ``checks`` are those that the model has between the stage
    before and this one, ``interval`` the seconds between two of them; ``success`` is users' success rate in percent.
    """

    at: float
    title: str
    checks: int
    interval: float
    phase: str = ""
    weight: int = 0
    failed: int = 0
    success: float | None = None


@dataclass(frozen=True)
class Failure:
    """What made a demo fail, and at which ``file:line``."""

    where: str
    what: str


@dataclass(frozen=True)
class Capture:
    """A demo as it was played; ``ended`` is the monotonic second of its end."""

    chunks: Sequence[Chunk]
    began: Sequence[Began]
    ended: float
    turns: Sequence[Turn] = ()
    failure: Failure | None = None

    @cached_property
    def text(self) -> str:
        """All that the terminal sent."""
        return "".join(one.text for one in self.chunks)

    @cached_property
    def _ends(self) -> Sequence[int]:
        return list(accumulate(len(one.text) for one in self.chunks))

    def when(self, offset: int) -> float:
        """The second at which the letter before ``offset`` came."""
        number = min(bisect.bisect_left(self._ends, offset), len(self.chunks) - 1)
        return self.chunks[number].at if self.chunks else 0.0
