"""PID 1 of a cluster: makes its mounts and network, runs its components, and takes all with it when it ends.

``python -m canarylab.clusters.local.init FOLDER --report FD [--lifeline FD]``. Each change is one JSON line on
the report descriptor and is kept in ``status.json``. The lifeline is the read end of a pipe that the runner
holds open: when the runner dies, however it dies, it reads as closed and the cluster ends.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from canarylab.clusters.local import layout, network
from canarylab.clusters.local.layout import Folder
from canarylab.errors import CanarylabError
from canarylab.process.component import Component
from canarylab.process.supervisor import Supervisor

_PRIVATE = ("/run", "/var/lib", "/var/log")
# As root the kubelet writes these; the host's must not change, so files of ours are bound over them.
_SYSCTLS = {"vm/overcommit_memory": "1", "kernel/panic": "10", "kernel/panic_on_oops": "1"}


class Status:
    """The cluster's state, kept in a file and told on a pipe."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self._file, self._descriptor = file, descriptor
        self._state: dict[str, Any] = {"phase": "starting", "components": {}}

    def __call__(self, event: dict[str, object]) -> None:
        self._fold(event)
        scratch = self._file.with_suffix(".new")
        scratch.write_text(json.dumps(self._state, indent=1))
        scratch.rename(self._file)
        with contextlib.suppress(BrokenPipeError):  # nobody listens any more: the file has it
            os.write(self._descriptor, json.dumps({**event, "at": time.time()}).encode() + b"\n")

    def _fold(self, event: dict[str, object]) -> None:
        kind = event["event"]
        if kind == "all-ready":
            self._state["phase"] = "ready"
        elif kind == "failed":
            self._state |= {"phase": "failed", "error": event["error"]}
        elif "component" in event:
            component = self._state["components"].setdefault(event["component"], {"deaths": 0})
            component["state"] = kind
            component["deaths"] += kind == "died"
            component |= {k: v for k, v in event.items() if k in ("pid", "seconds")}


def mount(*args: str) -> None:
    subprocess.run(["mount", *args], check=True, capture_output=True)


def private_mounts(folder: Folder) -> None:
    """Nothing that the node writes at fixed paths reaches the host."""
    for path in _PRIVATE:
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
    for folder_inside in (layout.RUN, layout.CRI_STATE, layout.KUBELET_ROOT, layout.ETCD_DATA):
        folder_inside.mkdir(parents=True, mode=0o700)
    if os.access("/proc/sys/vm/overcommit_memory", os.W_OK):
        for name, value in _SYSCTLS.items():
            copy = layout.RUN / name.replace("/", ".")
            copy.write_text(value)
            mount("--bind", str(copy), f"/proc/sys/{name}")
    folder.pod_logs.mkdir(parents=True, exist_ok=True)


async def _run(folder: Folder, components: list[Component], status: Status, lifeline: int | None) -> None:
    """Runs the components until the lifeline reads as closed; without one, until PID 1 is killed."""
    ended = asyncio.Event()
    if lifeline is not None:
        asyncio.get_running_loop().add_reader(lifeline, ended.set)
    await Supervisor(components, folder.logs, status).run(until=ended)
    remove(folder)


def remove(folder: Folder) -> None:
    """What is left to do when the run has died: nobody else will end these processes and remove the folder."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # every process of this PID namespace but ourselves
    shutil.rmtree(folder.root, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--report", type=int, required=True)
    parser.add_argument("--lifeline", type=int)
    arguments = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    folder = Folder(arguments.folder)
    status = Status(folder.status, arguments.report)
    components = [Component.from_json(c) for c in json.loads(folder.plan.read_text())]
    try:
        private_mounts(folder)
        network.make()
        asyncio.run(_run(folder, components, status, arguments.lifeline))
    except CanarylabError as error:
        status({"event": "failed", "error": str(error)})
        return error.exit_code
    except subprocess.CalledProcessError as error:
        status({"event": "failed", "error": f"{' '.join(error.cmd)}: {error.stderr.decode().strip()}"})
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
