"""Holds a scenario's claims against everything that was seen of its run. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from canarylab.model.verdict import Finding
from canarylab.scenario.claim import Claim, Seen
from canarylab.scenario.document import Entry
from canarylab.scenario.load import File
from canarylab.scenario.result import Judged
from canarylab.scenario.source import Path


def judge(file: File, entries: Sequence[Any], place: Path, seen: Seen, stuck: str = "") -> tuple[Judged, ...]:
    """Each claim of a list that stands at ``place`` of the file; ``stuck`` says why the rollout did not end."""
    found = [_judged(file, one, (*place, number), seen) for number, one in enumerate(entries)]
    if stuck:
        ended = Finding("the rollout ended", False, "an end", stuck)
        found.insert(0, Judged("until: end", file.place(*place), (ended,)))
    return tuple(found)


def _judged(file: File, entry: Entry, place: Path, seen: Seen) -> Judged:
    claim = entry.verb
    assert isinstance(claim, Claim)  # noqa: S101 - of a list of claims
    told = f"{entry.name}: {claim.words()}"
    return Judged(told, file.place(*place, entry.name), tuple(claim.findings(seen)))
