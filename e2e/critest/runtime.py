"""Our container runtime by itself: in a cluster's namespaces and network, without a control plane or a kubelet.

A kubelet would take the suite's pods, which no API server knows, for left-overs and end them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from canarylab import paths, toolchain
from canarylab.clusters.local import cluster as local
from canarylab.clusters.local import controlplane, credentials, layout, registry
from canarylab.clusters.local.layout import Folder
from canarylab.process import namespaces
from canarylab.process.lifeline import Lifeline

HERE = Path(__file__).resolve().parent
ENDPOINT = f"unix://{layout.CRI_SOCKET}"
_SINGLE_ID = ["--user", "--map-root-user"]  # as an unprivileged user has it


@dataclass(frozen=True)
class Runtime:
    """A running runtime. ``single_id``: its user namespace has one id, as a cluster of an unprivileged user."""

    folder: Folder
    outer: int
    single_id: bool

    def enter(self) -> list[str]:
        """The command that runs what follows it beside the runtime, as its user."""
        user = ["--user", "--preserve-credentials"] if self.single_id else []
        kinds = ["--mount", "--net", "--pid", "--ipc", "--uts"]
        target = f"--target={registry.child_of(self.outer)}"
        return ["nsenter", target, *user, *kinds, "--", "sh", "-c", 'cd "$0" && exec "$@"', str(self.folder.root)]


def images(folder: Path) -> Path:
    """The suite's images, with the files that they name; as root also a program that runs as its owner."""
    text = (HERE / "images.yaml").read_text().replace("HERE", str(folder))
    shutil.copytree(HERE / "image", folder, dirs_exist_ok=True)
    program = shutil.which("id")
    assert program is not None, "the program id is missing"
    shutil.copy(program, folder / "id")
    (folder / "id").chmod(0o4755)
    (folder / "images.yaml").write_text(text)
    return folder / "images.yaml"


def _components(folder: Folder, files: tuple[Path, ...], *, single_id: bool) -> str:
    toolset = toolchain.installed()
    credentials.write_private(folder.config / "toolset.json", toolset.to_json())
    plan = controlplane.Plan(
        folder=folder,
        programs={"cri-stream": str(toolset.program("cri-stream"))},
        relays={},
        images=tuple(map(str, files)),
        toolset=str(folder.config / "toolset.json"),
        single_id=single_id,
        env=local.environment(),
    )
    return json.dumps([build(plan).to_json() for build in (controlplane.cri_stream, controlplane.container_runtime)])


def _command(argv: list[str], *, single_id: bool) -> list[str]:
    """As a cluster's; root takes a user namespace of a single id around it to be as an unprivileged user is."""
    unshare, *rest = namespaces.command(argv)
    return [unshare, *(_SINGLE_ID if single_id and namespaces.is_root() else []), *rest]


@contextmanager
def running(root: Path, *, single_id: bool) -> Iterator[Runtime]:
    """Starts the runtime in namespaces of its own, kept in the folder ``root``; all of it ends afterwards."""
    folder = Folder(root / "node")
    folder.logs.mkdir(parents=True)
    credentials.make(folder, "critest", 1)  # the port of an API server that is not there
    brought = root / "images"
    brought.mkdir()
    files = (paths.fixtures() / "images.yaml", images(brought))
    credentials.write_private(folder.plan, _components(folder, files, single_id=single_id))
    life = Lifeline()
    report, theirs = os.pipe()
    init = [sys.executable, "-m", "canarylab.clusters.local.init", str(folder.root)]
    descriptors = [f"--report={theirs}", f"--lifeline={life.read_end}"]
    with (folder.logs / "init.log").open("ab") as log:
        process = subprocess.Popen(
            _command([*init, *descriptors], single_id=single_id),
            pass_fds=[theirs, life.read_end],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=local.environment(),
            start_new_session=True,
        )
    try:
        os.close(theirs)
        local.await_ready(report, folder)
        yield Runtime(folder, process.pid, single_id)
    finally:
        process.kill()
        process.wait(timeout=registry.END_BOUND)
        os.close(report)
        life.close()
