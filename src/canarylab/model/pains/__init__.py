"""What users of Flagger stumble over, as far as their files show it: each with its source and what to write instead.

Each pain is one pure function in the file of what it looks at; ``look`` asks all of them. docs/plan.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from canarylab.model.canary import Canary
from canarylab.model.pains import analysis, metrics, objects, webhooks
from canarylab.model.pains.pain import Found, Level, Pain, Situation, Warned

__all__ = ["PAINS", "Found", "Level", "Pain", "Situation", "Warned", "look"]

PAINS: tuple[Pain, ...] = (*analysis.PAINS, *metrics.PAINS, *webhooks.PAINS, *objects.PAINS)


def look(item: Mapping[str, object], canary: Canary, others: Sequence[Mapping[str, object]] = ()) -> tuple[Warned, ...]:
    """Every warning about a Canary, as it is in the API and as it is played, with what else its file holds."""
    return tuple(_warned(Situation(item, canary, tuple(others))))


def _warned(situation: Situation) -> Iterator[Warned]:
    for pain in PAINS:
        yield from (Warned(pain, found) for found in pain.find(situation))
