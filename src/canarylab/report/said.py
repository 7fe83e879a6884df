"""What Flagger said in a rollout, in its own words and in ours. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.flagger import reasons
from canarylab.flagger.reasons import CHECKS, HOLDS, Kind
from canarylab.model.timeline import FlaggerSaid, Timeline

LAST = 12  # texts that explain an end


@dataclass(frozen=True)
class Said:
    """One text. ``ours`` is empty where nothing is known of it; ``halts`` where a check failed or a gate was closed."""

    at: float
    theirs: str
    ours: str
    halts: bool


def of(timeline: Timeline) -> list[Said]:
    """Everything, in order."""
    return [_said(one) for one in timeline.of(FlaggerSaid)]


def _said(one: FlaggerSaid) -> Said:
    reason = reasons.parse(one.text)
    words = "" if reason.words() == reason.text else f": {reason.words()}"
    ours = "" if reason.kind is Kind.OTHER else f"{reason.kind.value}{words}"
    return Said(one.at, one.text, ours, halts(one.text))


def halts(text: str) -> bool:
    """Whether a text says that a check failed or a gate was closed."""
    return reasons.parse(text).kind in CHECKS | HOLDS
