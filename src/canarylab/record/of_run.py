"""The rollouts of a run of pytest as recordings: one for each test and scenario that has shipped something."""

from __future__ import annotations

from pathlib import Path

from canarylab.record import files, masks, of_case
from canarylab.report import store


def write(root: Path, folder: Path) -> list[Path]:
    """Records every case below the run's folder ``root``; the casts that are new or have changed."""
    cases = sorted((one for one in store.read(root) if one.timeline.events), key=lambda one: one.title)
    written: list[Path] = []
    for case, name in zip(cases, of_case.slugs([one.title for one in cases]), strict=True):
        made = files.of(name, of_case.compose(case), masks.FORMS)
        written += [one for one in made.keep(folder) if one.suffix == ".cast"]
    return written
