"""Runs helm against one kubeconfig, with folders of its own, whatever settings this machine has for helm."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.helm import refusal

# Hooks of a chart may take the five minutes that helm gives each; no chart that is pinned has one.
_LONGEST = 330.0


def environment() -> dict[str, str]:
    """What a helm is started with that shall know no plugin, cluster or storage of this machine's."""
    home = paths.cache_dir() / "helm"
    ours = {f"HELM_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    return {name: value for name, value in os.environ.items() if not name.startswith("HELM_")} | ours


def run(program: Path, kubeconfig: Path, words: Sequence[str], seconds: float = _LONGEST) -> str:
    """What helm prints; the project's error, with helm's own words, when it fails."""
    where = " ".join(["helm", *words[:2]])
    environ = environment() | {"KUBECONFIG": str(kubeconfig)}
    command = [str(program), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=seconds)
    except OSError as error:
        raise EnvironmentFault(
            f"helm cannot be run: {error.strerror}", where=str(program), next_step="run `canarylab provision`"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(f"helm did not end within {seconds:.0f} s", where=where) from error
    if done.returncode != 0:
        raise refusal.read(done.stderr, where)
    return done.stdout
