"""What a demo asserts of a Canary, held against its record: whether it is so, and whether it can become so. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from canarylab.model.expectation import TERMINAL
from canarylab.model.timeline import PRIMARY, TARGET, CanarySeen, Event, FlaggerSaid, Timeline
from canarylab.record.script import Assert

_WORKLOADS = {"primary": PRIMARY, "target": TARGET}
_STATUS = {"phase": "phase", "weight": "weight", "failed": "failed", "iteration": "iterations"}
AFTER = 1.0  # seconds after a check by which all that it does is seen


def holds(seen: Timeline, asked: Assert) -> bool:
    """Whether everything that is wanted is so now."""
    return all(_fits(seen, field, value) for field, value in asked.wanted.items())


def missed(since: Sequence[Event], asked: Assert) -> str:
    """Why it cannot become so any more: a rollout has come to the other end. Empty words while it can.

    ``since`` is what was seen after the assertion before it.
    """
    stages = [one for one in since if isinstance(one, CanarySeen)]
    wanted = asked.wanted.get("phase")
    if wanted not in TERMINAL or len(stages) < 2 or stages[-1].phase not in set(TERMINAL) - {wanted}:
        return ""
    said = [one.text for one in since if isinstance(one, FlaggerSaid)]
    return f"{asked.canary} is {stages[-1].phase}, not {wanted}: {said[-1] if said else stages[-1].reason}"


def until_check(seen: Timeline, interval: float, now: float) -> float:
    """Seconds until Flagger will just have looked; 0 where it was not seen to do so yet."""
    ticks = [one.at for one in seen.events if isinstance(one, CanarySeen | FlaggerSaid)]
    if len(ticks) < 2:  # the first one is the list's, at any time
        return 0.0
    return interval - math.fmod(now - ticks[-1], interval) + AFTER


def _fits(seen: Timeline, field: str, value: str) -> bool:
    """Whether a field of the status has a value, or a workload an image, of which the end is enough."""
    if field in _WORKLOADS:
        last = seen.workloads(_WORKLOADS[field])[-1:]
        return any(image.endswith(value) for one in last for image in one.images.values())
    status = list(seen.of(CanarySeen))[-1:]
    return any(str(getattr(one, _STATUS[field])) == value for one in status)
