"""Charts and kustomizations as objects, rendered by the real programs and remembered in the cache."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.helm.program import environment
from canarylab.kube import manifests
from canarylab.toolchain import Toolset

Json = dict[str, Any]


def chart(toolset: Toolset, name: str, folder: Path, values: Path | None, namespace: str, *settings: str) -> list[Json]:
    """What ``helm template`` makes of a chart, with a file of values and single ones (``a.b=c``) over it."""
    command = [str(toolset.program("helm")), "template", name, str(folder), "--namespace", namespace]
    command += ["--values", str(values)] if values else []
    command += [word for setting in settings for word in ("--set", setting)]
    made_by, text = toolset.describe("helm").sha256, values.read_text() if values else ""
    return _cached([made_by, toolset.key, *command, text], lambda: _run(command))


def kustomization(toolset: Toolset, folder: Path) -> list[Json]:
    """What ``kubectl kustomize`` makes of a folder of the toolchain's."""
    command = [str(toolset.program("kubectl")), "kustomize", str(folder)]
    return _cached([toolset.describe("kubectl").sha256, toolset.key, *command], lambda: _run(command))


def files(toolset: Toolset, *sources: Path) -> list[Json]:
    """The objects of large YAML files of the toolchain's, which take long to read."""
    return _cached([toolset.key, *map(str, sources)], lambda: manifests.read(*sources))


def _cached(key: Sequence[str], make: Callable[[], list[Json]]) -> list[Json]:
    digest = hashlib.sha256("\0".join(key).encode()).hexdigest()
    file = paths.cache_dir() / "rendered" / f"{digest}.json"
    if file.is_file():
        found: list[Json] = json.loads(file.read_bytes())
        return found
    objects = make()
    with contextlib.suppress(OSError):  # a cache that cannot be written or is full costs time, no more
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(objects))
        draft.replace(file)
    return objects


def _run(command: list[str]) -> list[Json]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    if done.returncode != 0:
        raise EnvironmentFault(f"{Path(command[0]).name} failed: {done.stderr.strip()}", where=" ".join(command))
    return manifests.load(done.stdout, " ".join(command[:4]))
