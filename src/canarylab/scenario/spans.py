"""Parts of a rollout by name: ``weight 25``, ``phase Finalising``, ``fault abort``, ``before``, ``after``."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from canarylab import faults
from canarylab.model import traffic
from canarylab.model.expectation import TERMINAL
from canarylab.model.timeline import CanarySeen, FaultBegan, FaultEnded, Timeline
from canarylab.model.traffic import Answer
from canarylab.scenario.data import PHASES, UnknownWord

Span = tuple[float, float]

_WRITTEN = re.compile(r"weight ([0-9]{1,3})|phase ([A-Za-z]+)|fault ([a-z-]+)|before|after")


def _named(text: str) -> str:
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise ValueError(
            "name a part of the rollout: `weight 25`, `phase Finalising`, `fault abort`, `before`, `after`"
        )
    if found[2] and found[2] not in PHASES:
        raise UnknownWord(found[2], PHASES)
    if found[3] and found[3] not in faults.registry():
        raise UnknownWord(found[3], list(faults.registry()))
    return text


_SCHEMA: dict[str, Any] = {"pattern": f"^({_WRITTEN.pattern})$"}
During = Annotated[
    str, AfterValidator(_named), Field(examples=["weight 25", "phase Finalising"], json_schema_extra=_SCHEMA)
]


def spans(name: str, timeline: Timeline) -> list[Span]:
    """When the part was, in monotonic seconds; empty if it never was.

    ``before`` is the time up to the trigger, ``after`` that from the rollout's end on.
    """
    kind, _, which = name.partition(" ")
    record = timeline.since_trigger() if timeline.trigger() else timeline
    if kind == "weight":
        windows = [one for one in record.windows() if one.weight == int(which)]
        return [traffic.sure(one) for one in windows]
    if kind == "phase":
        return _phases(record, which)
    if kind == "fault":
        return _faults(record, which)
    trigger = timeline.trigger()
    if kind == "before":
        return [(-math.inf, trigger.at if trigger else math.inf)]
    return [(one.at, math.inf) for one in list(record.of(CanarySeen))[-1:] if one.phase in TERMINAL]


def _phases(record: Timeline, phase: str) -> list[Span]:
    seen = list(record.of(CanarySeen))
    ends = [*(one.at for one in seen[1:]), math.inf]
    return [(one.at, end) for one, end in zip(seen, ends, strict=True) if one.phase == phase]


def _faults(record: Timeline, name: str) -> list[Span]:
    ends = {one.id: one.since for one in record.of(FaultEnded)}
    return [(one.since, ends.get(one.id, math.inf)) for one in record.of(FaultBegan) if one.name == name]


def answered(answers: Sequence[Answer], within: Sequence[Span]) -> list[Answer]:
    """The answers that began and ended in one of the spans."""
    return [one for one in answers if any(start <= one.sent and one.answered <= end for start, end in within)]
