"""Cases as JSON, for programs: what each came to and why, and every event that was seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from canarylab.report.case import Case, Right, exit_code


def render(cases: Sequence[Case], rights: Sequence[Right] = ()) -> str:
    """One document."""
    return json.dumps(facts(cases, rights), indent=1)


def facts(cases: Sequence[Case], rights: Sequence[Right] = ()) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "exit": exit_code(cases),
        "canaries": [_case(one) for one in cases],
        "rights": [asdict(one) for one in rights],
    }


def _case(one: Case) -> dict[str, Any]:
    return {
        "namespace": one.namespace,
        "name": one.name,
        "outcome": one.outcome.value,
        "why": one.why,
        "details": list(one.details),
        "seconds": round(one.seconds, 1),
        "stages": [str(stage) for stage in one.timeline.stages()],
        "route": list(one.timeline.route()),
        "events": [event.facts() for event in one.timeline.events],
    }
