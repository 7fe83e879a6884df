"""Steps of scenarios in a demo: read like those of a scenario's file, done on a Canary that the demo follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from canarylab.errors import CanarylabError, UsageError
from canarylab.journey import Journey
from canarylab.scenario import source, wording
from canarylab.scenario.document import StepEntry
from canarylab.scenario.stage import Stage
from canarylab.scenario.step import Step


def wrong(text: str) -> str:
    """What is wrong with a step, in a line; empty words if nothing is."""
    try:
        _read(text)
    except UsageError as error:
        return error.what
    return ""


def _read(text: str) -> Step:
    read = source.read("the step", text)
    if read.problems:
        raise UsageError(read.problems[0].what)
    try:
        entry: Any = StepEntry.model_validate(read.data, by_alias=True, by_name=False)
    except ValidationError as error:
        first = next(one for one in error.errors(include_url=False) if wording.counts(one))
        raise UsageError(wording.problem(read, read.data, first).what) from error
    step: Step = entry.verb
    return step


class Steps:
    """Does steps, and undoes at the end what they have begun."""

    def __init__(self) -> None:
        self._stages: dict[Journey, Stage] = {}

    def do(self, journey: Journey, text: str) -> None:
        """One step, in the current folder."""
        stage = self._stages.setdefault(journey, Stage(journey, Path.cwd()))
        _read(text).do(stage)

    def undo(self) -> None:
        """The latest first; CanarylabError when something could not be undone."""
        for stage in self._stages.values():
            for what, undo in stage.left():
                try:
                    undo()
                except CanarylabError as error:
                    raise CanarylabError(f"{what} could not be undone: {error}") from error
