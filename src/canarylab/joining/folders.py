"""The folders of runs on clusters that are not ours: each holds a kubeconfig, and goes with its run."""

from __future__ import annotations

import shutil
from pathlib import Path

from canarylab import paths
from canarylab.clusters.local import registry

_OWNER = "owner"  # the process that has to remove the folder


def of(run: str) -> Path:
    """The folder of a run."""
    return paths.existing_dir() / run


def own(folder: Path) -> None:
    """Makes a folder whose owner is this process (mode 0700)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _OWNER).write_text(registry.owner())


def sweep() -> None:
    """Removes those of processes that are surely gone."""
    for file in paths.existing_dir().glob(f"*/{_OWNER}"):
        if registry.dead(file.read_text()):
            shutil.rmtree(file.parent, ignore_errors=True)
