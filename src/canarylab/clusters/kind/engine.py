"""The container engine, by its own command line: docker or podman, the same words for both."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarylab.clusters.kind.asked import ENGINES
from canarylab.errors import EnvironmentFault

PROVIDER = "KIND_EXPERIMENTAL_PROVIDER"  # kind's own variable
_ANSWER = 10.0  # seconds for an answer that needs no network
_NONE = "a container engine is needed, and none is here"
INSTALL = "install Docker or Podman and start it, or run with --cluster local, which needs none"


@dataclass(frozen=True)
class Engine:
    """``name`` is docker or podman, ``path`` its program."""

    name: str
    path: Path

    @property
    def environ(self) -> dict[str, str]:
        """What kind is told, so that it asks the same engine."""
        return {**os.environ, PROVIDER: self.name}

    def run(self, *args: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        """Runs it; EnvironmentFault with its words when it fails."""
        done = self.ask(*args, timeout=timeout)
        if done.returncode != 0:
            raise EnvironmentFault(f"{self.name} {args[0]}: {words(done)}", where=" ".join([self.name, *args]))
        return done

    def ask(self, *args: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        """Runs it, whatever comes of it; code 124 when it did not answer in time."""
        command = [str(self.path), *args]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=timeout, stdin=subprocess.DEVNULL,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, "", f"no answer within {timeout:.0f} s")

    def info(self) -> tuple[dict[str, Any], str]:
        """What it tells of itself, and why it tells nothing."""
        done = self.ask("info", "--format", "{{json .}}", timeout=_ANSWER)
        told = parsed(done.stdout)
        answers = done.returncode == 0 and not told.get("ServerErrors")
        return (told, "") if answers else ({}, words(done))

    def has(self, image: str) -> bool:
        """Whether an image is in its store."""
        return self.ask("image", "inspect", image, timeout=_ANSWER).returncode == 0


def words(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of what a program complained of."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return lines[-1] if lines else f"exit code {done.returncode}"


def parsed(text: str) -> dict[str, Any]:
    """A JSON object; empty where there is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def installed(wanted: str, environ: Mapping[str, str]) -> list[Engine]:
    """The engines that are on PATH, the one that is wanted alone, or the one that kind is told to use."""
    names = [wanted or environ.get(PROVIDER, "")]
    names = names if names[0] in ENGINES else list(ENGINES)
    found = [(name, shutil.which(name, path=environ.get("PATH", os.defpath))) for name in names]
    return [Engine(name, Path(path)) for name, path in found if path]


def find(wanted: str, environ: Mapping[str, str] = os.environ) -> Engine:
    """The first engine that answers, else the first that is there; EnvironmentFault where there is none."""
    there = installed(wanted, environ)
    if not there:
        raise EnvironmentFault(_NONE, where=f"{wanted or ' or '.join(ENGINES)} is not on PATH", next_step=INSTALL)
    answering = (one for one in there if len(there) == 1 or one.info()[0])
    return next(answering, there[0])
