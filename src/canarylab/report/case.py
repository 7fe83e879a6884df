"""What a report says of one Canary that was followed: an outcome, the reasons in words, and the record.

The renderers of this package (JUnit, JSON, Markdown, text) turn cases into their format; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from canarylab.model.timeline import Timeline


class Outcome(Enum):
    """What became of a rollout, as far as it can be told."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    WRONG = "wrong"
    UNKNOWN = "cannot tell"


EXIT = {Outcome.PROMOTED: 0, Outcome.ROLLED_BACK: 1, Outcome.WRONG: 1, Outcome.UNKNOWN: 3}
_WORST_LAST = (0, 3, 1)


@dataclass(frozen=True)
class Case:
    """One Canary. ``why`` is the outcome's reason in a line, ``details`` explain it; ``seconds`` it was followed."""

    namespace: str
    name: str
    outcome: Outcome
    why: str
    details: tuple[str, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    seconds: float = 0.0

    @property
    def title(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def holds(self) -> bool:
        return self.outcome is Outcome.PROMOTED


@dataclass(frozen=True)
class Right:
    """A right that the account lacks, and what it would tell."""

    verbs: str
    resource: str
    where: str
    tells: str

    def __str__(self) -> str:
        return f"{self.verbs} {self.resource} in {self.where}: {self.tells}"


def exit_code(cases: Iterable[Case]) -> int:
    """The worst of all: 1 (the rollout went wrong) over 3 (cannot tell) over 0."""
    return max((EXIT[one.outcome] for one in cases), key=_WORST_LAST.index, default=0)


def lines(cases: Sequence[Case], rights: Sequence[Right] = ()) -> list[str]:
    """The cases as text, and the rights that would have told more."""
    told = []
    for one in cases:
        told += [f"{one.title}: {one.outcome.value}", *(f"  {line}" for line in (one.why, *one.details) if line)]
    if rights:
        told += ["further rights would tell more:", *(f"  {one}" for one in rights)]
    return told
