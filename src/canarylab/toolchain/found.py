"""Programs that the machine has already: in KUBEBUILDER_ASSETS and on PATH, if of an accepted version.

What a program answered is remembered by its path, size and time, so that asking again costs a stat. A
script is not taken for a program: the node binds the one file into a root of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarylab.toolchain import manifest
from canarylab.toolchain.spec import Ask, Program
from canarylab.toolchain.storage import write_atomically
from canarylab.toolchain.versions import accepted

_ANSWER_BOUND = 20.0


@dataclass(frozen=True)
class Found:
    """A program of the machine's own, and what it says its version is."""

    path: Path
    version: str
    sha256: str


def folders(environ: Mapping[str, str]) -> list[Path]:
    """Where to look, in order."""
    assets = environ.get("KUBEBUILDER_ASSETS", "")
    listed = [assets, *environ.get("PATH", os.defpath).split(os.pathsep)]
    return [Path(folder) for folder in listed if folder]


def _is_program(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF" and os.access(path, os.X_OK)
    except OSError:
        return False


def told(path: Path, ask: Ask) -> str:
    """The version that a program tells; empty if it is not what it seems."""
    try:
        ran = subprocess.run(
            [path, *ask.command],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ANSWER_BOUND,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(ask.pattern, ran.stdout + ran.stderr, re.M)
    return match[1] if match else ""


class Finder:
    """Looks for programs, with a memory in the cache that survives the run where the cache can be written."""

    def __init__(self, memory: Path, environ: Mapping[str, str]) -> None:
        self._memory = memory
        self._folders = folders(environ)
        self._known = _load(memory)
        self._learned = False

    def find(self, program: Program, pinned: str) -> Found | None:
        """The first accepted program of that name."""
        if program.ask is None:
            return None
        for folder in self._folders:
            path = Path(os.path.realpath(folder / program.name))
            version = self.version(path, program.ask) if os.path.isfile(path) else ""
            if version and accepted("programs", program.name).holds(version, pinned):
                return Found(path, version, self.sha256(path))
        return None

    def version(self, path: Path, ask: Ask) -> str:
        """What the program tells, asked once for each of its sizes and times; empty if it is none."""
        return self._recall(path, "version", lambda: told(path, ask) if _is_program(path) else "")

    def sha256(self, path: Path) -> str:
        """A file's SHA-256, read once for each of its sizes and times."""
        return self._recall(path, "sha256", lambda: manifest.sha256(path))

    def _recall(self, path: Path, what: str, learn: Callable[[], str]) -> str:
        stat = path.stat()
        mark = [stat.st_size, stat.st_mtime_ns]
        entry = self._known.get(f"{what} {path}")
        if not isinstance(entry, dict) or entry.get("mark") != mark:
            entry = {"mark": mark, what: learn()}
            self._known[f"{what} {path}"] = entry
            self._learned = True
        return str(entry[what])

    def remember(self) -> None:
        """Keeps what was learned; without a word where it cannot be kept."""
        if not self._learned:
            return
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._memory, json.dumps(self._known, indent=1))
        except OSError:
            return


def _load(memory: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
