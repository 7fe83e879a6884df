"""The real kind program: the one on PATH if it is new enough, else the one that the toolchain builds; run by argv.

pytest-kind-ng is not used: see docs/kind.md.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canarylab.clusters.kind.engine import Engine
from canarylab.errors import EnvironmentFault
from canarylab.toolchain.provision import on_demand

EXTRA = "kind"
_READY = "180s"  # for the control plane, after its containers run


@dataclass(frozen=True)
class Kind:
    """``path`` is the program, ``version`` what it tells of itself, ``engine`` the one that it is to ask."""

    path: Path
    version: str
    engine: Engine

    def run(self, *args: str, log: Path | None = None, began: Callable[[int], None] = lambda _pid: None) -> str:
        """Its standard output; EnvironmentFault with its last words. What it says as it goes on is kept in ``log``.

        ``began`` is told its PID, which is that of a process group of its own.
        """
        process = subprocess.Popen(
            [str(self.path), *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", env=self.engine.environ, start_new_session=True,
        )  # fmt: skip
        with process:
            began(process.pid)
            try:
                said, complained = process.communicate()
            except BaseException:
                process.kill()
                raise
        if log is not None:
            log.write_text(complained)
        if process.returncode != 0:
            raise EnvironmentFault(f"kind {' '.join(args[:2])}: {complaint(complained)}", where=str(log or self.path))
        return said

    def create(self, name: str, configuration: Path, kubeconfig: Path, log: Path, began: Callable[[int], None]) -> None:
        """Makes a cluster; nodes of one that does not come up stay, so that their logs can be had."""
        files = (f"--config={configuration}", f"--kubeconfig={kubeconfig}")
        self.run("create", "cluster", f"--name={name}", *files, f"--wait={_READY}", "--retain", log=log, began=began)

    def delete(self, name: str, kubeconfig: Path) -> None:
        """Deletes a cluster, or what there is of it; one that is not there is deleted already."""
        self.run("delete", "cluster", f"--name={name}", f"--kubeconfig={kubeconfig}")

    def nodes(self, name: str) -> list[str]:
        """The containers of a cluster."""
        return self.run("get", "nodes", f"--name={name}").split()

    def export(self, name: str, folder: Path) -> None:
        """Writes the logs of all nodes into a folder."""
        self.run("export", "logs", str(folder), f"--name={name}")

    def load(self, name: str, archive: Path) -> None:
        """Puts the images of an archive onto all nodes."""
        self.run("load", "image-archive", str(archive), f"--name={name}")


def complaint(text: str) -> str:
    """What kind failed for; the engine's own words come last, after a command line and its output."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")), "it tells no reason")
    return first if not lines or lines[-1].endswith(first) else f"{first.partition(': command ')[0]}: {lines[-1]}"


def find(engine: Engine) -> Kind:
    """The program, built first where neither PATH nor the cache has one that will do."""
    info = on_demand(EXTRA).describe("kind")
    return Kind(info.path, info.version, engine)
