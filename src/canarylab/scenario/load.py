"""Reads scenario files: text to a frozen scenario, or to everything that is wrong with it.

A file is read twice: when it is found, with stand-ins for what only the run knows, and when it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ruamel.yaml
from pydantic import ValidationError

from canarylab.errors import UsageError
from canarylab.model import plan
from canarylab.model.canary import Canary
from canarylab.problem import Problem, Spot, nearest
from canarylab.scenario import applications, sense, source, substitute, wording
from canarylab.scenario.document import Scenario
from canarylab.scenario.problem import WrongFile
from canarylab.scenario.source import Source
from canarylab.scenario.steps.wait import Wait
from canarylab.scenario.substitute import Scalar

_STAND_INS: Mapping[str, Scalar] = {"namespace": "namespace", "canary": "podinfo", "target": "podinfo"}


@dataclass(frozen=True)
class File:
    """A scenario file that has been read. ``name`` is how it was named, ``given`` what ``--set`` gave."""

    path: Path
    name: str
    source: Source
    scenario: Scenario
    given: Mapping[str, Scalar]

    @property
    def stem(self) -> str:
        return self.path.stem

    def bound(self, **built_in: str) -> Scenario:
        """The scenario with what the run knows; WrongFile when a value then does not fit."""
        made, problems = _scenario(self.source, self.given, built_in)
        if made is None:
            raise WrongFile(problems)
        return made

    def expected_seconds(self) -> float:
        """Roughly how long it takes: the ticks that its Canary plans, and the waits that its steps name."""
        canary = Canary.parse(applications.build(self.scenario.given, "namespace", self.path.parent).canary)
        waits = [entry.verb for entry in self.scenario.steps if isinstance(entry.verb, Wait)]
        ticks = len(plan.make(canary).ticks) + sum(one.ticks or 0 for one in waits)
        return ticks * canary.interval + sum(one.seconds or 0 for one in waits)

    def place(self, *path: str | int) -> str:
        """Where a part of it stands: ``file:line``."""
        return f"{self.name}:{self.source.key(path).line}"


def file(path: Path, given: Mapping[str, Scalar] | None = None, name: str = "") -> File:
    """Reads a file; WrongFile with all problems, UsageError when it cannot be read at all."""
    name = name or str(path)
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"a scenario cannot be read: {error}", where=name) from error
    read = source.read(name, text)
    made, problems = _scenario(read, given or {}, _STAND_INS)
    found = File(path, name, read, made, given or {}) if made else None
    if found is not None:
        problems = sense.problems(found)
    if found is None or problems:
        raise WrongFile(problems)
    return found


def every(paths: Iterable[Path], given: Mapping[str, Scalar]) -> list[File]:
    """All files; WrongFile with the problems of all of them. They are named as seen from here."""
    found, problems = [], list[Problem]()
    for path in paths:
        try:
            found.append(file(path, given, shown(path)))
        except WrongFile as error:
            problems += error.problems
    if problems:
        raise WrongFile(problems)
    return found


def shown(path: Path, here: Path | None = None) -> str:
    """A path as people type it."""
    folder = here or Path.cwd()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _scenario(
    read: Source, given: Mapping[str, Scalar], built_in: Mapping[str, Scalar]
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario, or what is wrong: first the YAML, then unknown names, then what the models say; all together."""
    if read.data is None:
        return None, read.problems or [read.wrong(Spot(1, 1, 1), "the file is empty")]
    data, unknown = substitute.put(read, {**_values(read), **_typed(given, _values(read)), **built_in})
    problems = [*read.problems, *unknown]
    try:
        made = Scenario.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems += [wording.problem(read, data, one) for one in error.errors(include_url=False) if wording.counts(one)]
        made = None
    return (None if problems else made), sorted(problems, key=lambda one: one.spot)


def _values(read: Source) -> dict[str, Scalar]:
    """The values of the file, as far as they are values."""
    values = read.data.get("values") if isinstance(read.data, dict) else None
    return {k: v for k, v in values.items() if isinstance(v, str | int | float)} if isinstance(values, dict) else {}


def _typed(given: Mapping[str, Scalar], own: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Given values of the file's names; where the file has text, they are text."""
    return {
        name: str(value) if isinstance(own[name], str) else _plain(value)
        for name, value in given.items()
        if name in own
    }


def _plain(value: Scalar) -> Any:
    return ruamel.yaml.YAML(typ="safe", pure=True).load(value) if isinstance(value, str) else value


def settings(words: tuple[str, ...]) -> dict[str, Scalar]:
    """``name=value`` words of ``--set``; UsageError for another form."""
    pairs = [word.partition("=") for word in words]
    wrong = [word for word, (_, sign, _) in zip(words, pairs, strict=True) if not sign]
    if wrong:
        raise UsageError(f"{wrong[0]!r} sets nothing", next_step="write it like --set tag=6.9.1")
    return {name: value for name, _, value in pairs}


def unused(files: list[File], given: Mapping[str, Scalar]) -> None:
    """UsageError for a given value that none of the files has."""
    known = {name for one in files for name in one.scenario.values}
    for name in given:
        if name not in known:
            raise UsageError(f"no scenario has a value `{name}`", next_step=nearest(name, known or {"none"}))
