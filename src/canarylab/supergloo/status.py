"""The status of an object of SuperGloo's: a state, the reason in words, and conditions that kubectl can wait for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from canarylab.kube.reconcile import Json

_SHOWN = 3


class State(Enum):
    """What became of an object. A warning is for what is accepted, but not all of it."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    WARNING = "Warning"
    PENDING = "Pending"


@dataclass
class Standing:
    """What is known of an object: what came of it, what was refused and why, what is doubtful, what has no effect."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    unenforced: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        if self.refused and not self.done:
            return State.REJECTED
        return State.WARNING if self.refused or self.doubts else State.ACCEPTED

    @property
    def reason(self) -> str:
        said = listed([*self.refused, *self.doubts], "; ")
        return said or (self._compiled if self.done else "valid")

    @property
    def _compiled(self) -> str:
        return f"compiled for {listed(self.done, ', ')}"

    def status(self, item: Json) -> Json:
        """As the object's status; a rule that is accepted says whether it is enforced too."""
        accepted = self.state is not State.REJECTED
        conditions = [condition(item, "Accepted", accepted, self.state.value, self.reason)]
        if accepted and self.unenforced:
            why = listed(self.unenforced, "; ")
            conditions.append(condition(item, "Enforced", False, "OneProxyPerNode", why))
        elif self.done:
            conditions.append(condition(item, "Enforced", True, "Compiled", self._compiled))
        return of(item, self.state, self.reason, conditions)


def of(item: Json, state: State, reason: str, conditions: Sequence[Json] = ()) -> Json:
    """A status."""
    made: Json = {"state": state.value, "reason": reason, **_generation(item)}
    return {**made, "conditions": list(conditions)} if conditions else made


def condition(item: Json, kind: str, holds: bool, reason: str, message: str) -> Json:
    """One condition; ``reason`` is a word for programs, ``message`` is for people."""
    return {"type": kind, "status": str(holds), "reason": reason, "message": message, **_generation(item)}


def _generation(item: Json) -> Json:
    generation = item["metadata"].get("generation")
    return {} if generation is None else {"observedGeneration": generation}


def listed(words: Iterable[str], between: str) -> str:
    """Each once, and no more than a few of them."""
    known = list(dict.fromkeys(words))
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return between.join(known[:_SHOWN]) + more
