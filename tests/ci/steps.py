"""The steps of workflows as a runner would run them: each job for each cell of its matrix, expressions filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
OURS = ("ci", "journeys", "nightly")
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
Json = dict[str, Any]


def load(file: Path) -> Json:
    """A workflow or an action; YAML takes the key `on` for true."""
    told: Json = yaml.safe_load(file.read_text())
    return told


def workflow(name: str) -> Json:
    return load(GITHUB / "workflows" / f"{name}.yml")


def action(name: str) -> Json:
    return load(GITHUB / "actions" / name / "action.yml")


@dataclass(frozen=True)
class Step:
    """A step with a command: where it is from, its script, its own environment."""

    where: str
    script: str
    env: Mapping[str, str]


def steps() -> Iterator[Step]:
    """Every step of our workflows that runs a command, so often that each value of its matrix is had once."""
    for name in OURS:
        for job, told in workflow(name)["jobs"].items():
            for number, cell in enumerate(sampled(told)):
                for step in told["steps"]:
                    if "run" in step:
                        env = {**told.get("env", {}), **step.get("env", {})}
                        made = {key: filled(str(value), cell) for key, value in env.items()}
                        yield Step(f"{name}-{job}-{number}", filled(step["run"], cell), made)


def sampled(job: Json) -> list[Json]:
    """So many cells of a job's matrix that each value is in one; an axis that a caller gives is not known here."""
    matrix = job.get("strategy", {}).get("matrix", {})
    if "include" in matrix:
        included: list[Json] = matrix["include"]
        return included
    axes = {name: values if isinstance(values, list) else ["given"] for name, values in matrix.items()}
    longest = max(map(len, axes.values()), default=1)
    return [{name: values[number % len(values)] for name, values in axes.items()} for number in range(longest)]


def filled(text: str, cell: Mapping[str, Any]) -> str:
    """A text with the matrix' values; any other expression becomes a word."""
    known = {f"matrix.{name}": str(value) for name, value in cell.items()}
    return _EXPRESSION.sub(lambda found: known.get(found[1], "value"), text)


def uses() -> Iterator[tuple[Path, str]]:
    """Each line of ours that names an action, and its file."""
    named = [file for file in sorted(GITHUB.glob("*/**/*.yml")) if not file.name.startswith("release")]
    for file in named:
        for line in file.read_text().splitlines():
            if re.match(r"\s*(- )?uses:", line):
                yield file, line.split("uses:", 1)[1].strip()


def arguments(log: Path) -> list[list[str]]:
    """What the stubs were called with."""
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
