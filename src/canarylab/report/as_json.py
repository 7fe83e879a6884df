"""A report as JSON, for programs: what each rollout came to and why, and every event that was seen."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from canarylab.model.timeline import Timeline
from canarylab.report.case import Case, Report, exit_code


def render(report: Report) -> str:
    """One document."""
    return json.dumps(facts(report), indent=1)


def facts(report: Report) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "exit": exit_code(report.cases),
        "title": report.title,
        "command": report.command,
        "canaries": [case(one) for one in report.cases],
        "rights": [asdict(one) for one in report.rights],
        **({"versions": [asdict(one) for one in report.versions]} if report.versions else {}),
    }


def case(one: Case) -> dict[str, Any]:
    """One rollout: its fields, whether it holds, and what is read from its record; :mod:`store` reads it back."""
    # The expectation's steps tell what was planned; a plan holds functions, which no file can.
    expected = replace(one.expected, plan=None) if one.expected else None
    plain = asdict(replace(one, timeline=Timeline(), expected=expected))
    del plain["timeline"]
    return {
        **plain,
        "outcome": one.outcome.value,
        "seconds": round(one.seconds, 1),
        "holds": one.holds,
        "stages": [str(stage) for stage in one.timeline.stages()],
        "route": list(one.timeline.route()),
        "events": [event.facts() for event in one.timeline.events],
    }
