"""Versions as tuples of numbers, and what ``go.mod`` and ``fixtures/versions.yaml`` say of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from canarylab import paths
from canarylab.errors import EnvironmentFault

_REQUIRED = re.compile(r"^(?:require\s+)?(\S+/\S+)\s+(v\S+)", re.M)
_REPLACED = re.compile(r"^(?:replace\s+)?(\S+)\s+=>\s+\S+\s+(v\S+)", re.M)


def numbers(version: str) -> tuple[int, ...]:
    """``v1.37.2`` and ``go1.26.8`` as ``(1, 37, 2)``; what follows the numbers is left out."""
    match = re.match(r"\D*(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


@dataclass(frozen=True)
class Range:
    """Which versions will do: from ``at_least`` on, under ``below``, and no more minors away from the pinned one."""

    at_least: str = ""
    below: str = ""
    minors_apart: int | None = None

    def holds(self, version: str, pinned: str = "") -> bool:
        """Whether a version is in the range."""
        told = numbers(version)
        if not told or told < numbers(self.at_least) or (self.below and told >= numbers(self.below)):
            return False
        if self.minors_apart is None:
            return True
        (major, minor), (other_major, other_minor) = (*told, 0)[:2], (*numbers(pinned), 0, 0)[:2]
        return major == other_major and abs(minor - other_minor) <= self.minors_apart

    def __str__(self) -> str:
        return f">={self.at_least}" + (f",<{self.below}" if self.below else "")


@dataclass(frozen=True)
class Pins:
    """What ``go.mod`` pins: the least Go version, and each module's version."""

    go: str
    modules: dict[str, str]

    def version(self, module: str) -> str:
        return self.modules.get(module, "")


def read_pins(go_mod: Path) -> Pins:
    """The pins of a module file; a replacement's version counts before the required one."""
    text = re.sub(r"//.*", "", go_mod.read_text()).replace("\t", "")
    go = re.search(r"^go (\S+)", text, re.M)
    modules = {name: version for name, version in _REQUIRED.findall(text) if "=>" not in name}
    modules |= dict(_REPLACED.findall(text))
    if go is None:
        raise EnvironmentFault(
            "the toolchain's module file has no go line",
            where=str(go_mod),
            next_step="install canarylab again",
        )
    return Pins(go[1], modules)


@cache
def known() -> dict[str, Any]:
    """``fixtures/versions.yaml``: versions that will do, and what a build was measured to cost."""
    loaded = yaml.safe_load((paths.fixtures() / "versions.yaml").read_text())
    return dict(loaded)


def accepted(kind: str, name: str) -> Range:
    """The range that ``versions.yaml`` gives under ``kind`` (programs, wheels) for a name."""
    return Range(**{key.replace("-", "_"): value for key, value in known()[kind][name].items()})
