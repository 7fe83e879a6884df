"""What a rollout that nobody made an expectation for would be if every check passed and every gate were open. Pure."""

from __future__ import annotations

from dataclasses import replace

from canarylab.model.canary import Canary
from canarylab.model.expectation import expect
from canarylab.model.rollout import FAILED, INITIALIZED, SUCCEEDED, State
from canarylab.report.case import Case

_RESTING = frozenset({INITIALIZED, SUCCEEDED, FAILED})


def foreseen(case: Case, canary: Canary) -> Case:
    """The case with that plan; as it is where the rollout was joined on its way, since then its ticks are not known."""
    first = next(iter(case.timeline.stages()), None)
    if first is None or first.phase not in _RESTING:
        return case
    start = State(first.phase, first.weight, first.failed)
    return replace(case, interval=canary.interval, expected=expect(canary, start=start))
