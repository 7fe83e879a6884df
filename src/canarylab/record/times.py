"""The side file of a cast: what each step really took and what is played of it, and how the rollout stood when.

Real seconds differ from recording to recording, so they stand beside the cast; the file is written anew only with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from canarylab.errors import UsageError
from canarylab.record.compose import Composed, Played


@dataclass(frozen=True)
class Stand:
    """How the rollout stood from the played second ``at`` on; ``success`` is users' success rate in percent."""

    at: float
    title: str
    phase: str
    weight: int
    failed: int
    success: float | None = None


@dataclass(frozen=True)
class Times:
    """All of it, in seconds."""

    real: float
    played: float
    steps: Sequence[Played] = ()
    rollout: Sequence[Stand] = ()


def of(composed: Composed) -> Times:
    """Rounded to what means something."""
    steps = [replace(one, real=round(one.real, 1), played=round(one.played, 1)) for one in composed.steps]
    stands = [
        Stand(
            point.at / 1000, point.turn.title, point.turn.phase, point.turn.weight, point.turn.failed,
            None if point.turn.success is None else round(point.turn.success, 1),
        )
        for point in composed.points
    ]  # fmt: skip
    return Times(round(composed.seconds, 1), composed.cast.milliseconds / 1000, steps, stands)


def write(times: Times) -> str:
    """The file."""
    return json.dumps(asdict(times), indent=1, ensure_ascii=False) + "\n"


def read(file: Path) -> Times | None:
    """A side file, None if there is none; UsageError for anything else."""
    if not file.exists():
        return None
    try:
        return TypeAdapter(Times).validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise UsageError(f"this is no side file of a cast: {error.errors()[0]['msg']}", where=str(file)) from error
