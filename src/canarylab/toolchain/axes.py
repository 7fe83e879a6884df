"""The cells of a run over versions: every Kubernetes with the newest Flagger, every Flagger with the newest Kubernetes.

Which of them a run is about is what its options name; who does not support a cell is read from ``versions.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from canarylab.toolchain import profiles
from canarylab.toolchain.versions import known, numbers


@dataclass(frozen=True)
class Cell:
    """A release of Kubernetes and one of Flagger, each as ``1.2.3``."""

    kubernetes: str
    flagger: str

    def __str__(self) -> str:
        return f"Kubernetes {self.kubernetes} with Flagger {self.flagger}"


def every(*, cross: bool = False) -> tuple[Cell, ...]:
    """Both axes, the newest first; with ``cross`` each Kubernetes with each Flagger."""
    return _cells([one.release for one in profiles.kubernetes()], profiles.flagger(), cross=cross)


def selected(kubernetes: str, flagger: str, *, cross: bool = False) -> tuple[Cell, ...]:
    """The cells that lists with commas name: each on its own axis, of which one that is not named has none.

    With ``cross`` each named Kubernetes with each named Flagger, where no list means all. Without lists: every cell.
    """
    if not (kubernetes or flagger):
        return every(cross=cross)
    versions = [profiles.chosen(one).release for one in _listed(kubernetes)]
    releases = [one.removeprefix("v") for one in _listed(flagger)]
    if cross:
        versions = versions or [one.release for one in profiles.kubernetes()]
        releases = releases or list(profiles.flagger())
    return _cells(versions, releases, cross=cross)


def _listed(names: str) -> list[str]:
    return [one.strip() for one in names.split(",") if one.strip()]


def _cells(versions: Sequence[str], releases: Sequence[str], *, cross: bool) -> tuple[Cell, ...]:
    if cross:
        return tuple(Cell(*pair) for pair in product(versions, releases))
    first, latest = profiles.kubernetes()[0].release, profiles.flagger()[0]
    axes = [*(Cell(one, latest) for one in versions), *(Cell(first, one) for one in releases)]
    return tuple(dict.fromkeys(axes))


def missing(shown: Iterable[Cell]) -> list[Cell]:
    """The cells of both axes that a run has not shown."""
    seen = set(shown)
    return [one for one in every() if one not in seen]


def unsupported(cell: Cell) -> list[str]:
    """Whose support does not reach a cell, and why, in words."""
    rules: list[dict[str, Any]] = known()["support"]
    return [f"{rule['by']} ({rule['words']})" for rule in rules if not _reaches(rule, cell)]


def _reaches(rule: dict[str, Any], cell: Cell) -> bool:
    """Whether a Kubernetes is one of so many newest minors, or at least the one that the rule names."""
    if "newest-minors" in rule:
        newest, minor = (numbers(version)[1] for version in (profiles.kubernetes()[0].release, cell.kubernetes))
        return newest - minor < int(rule["newest-minors"])
    return numbers(cell.kubernetes) >= numbers(rule["at-least"])
