"""Removes from a cluster what runs have left there, whoever asks for it."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarylab.clusters.existing import contexts, owned
from canarylab.clusters.existing.cluster import ExistingCluster
from canarylab.clusters.existing.owned import Mark
from canarylab.clusters.local import registry
from canarylab.errors import UsageError
from canarylab.joining import folders

Json = dict[str, Any]


@dataclass(frozen=True)
class Left:
    """The namespaces that were removed, and those of other runs, each with its run."""

    removed: tuple[str, ...]
    others: Mapping[str, str]


def leave(context: str, kubeconfig: Path | None, run: str = "") -> Left:
    """Removes the namespaces of a run; without one those of runs that were killed on this machine."""
    if run and not re.fullmatch(r"[0-9a-f]{8}", run):
        raise UsageError(f"{run!r} is no run's ID", next_step="it is the value of the label canarylab.dev/run")
    folders.sweep()
    folder = folders.of(secrets.token_hex(4))
    try:
        folders.own(folder)
        contexts.own(context, kubeconfig, folder)
        api = ExistingCluster(context, folder, Mark(folder.name, registry.owner())).api
        there = owned.every(api)
        wanted = [item for item in there if owned.run_of(item) == run] if run else owned.abandoned(there)
        removed = owned.remove(api, wanted)
        others = {item["metadata"]["name"]: owned.run_of(item) for item in there if item not in wanted}
        return Left(tuple(removed), others)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
