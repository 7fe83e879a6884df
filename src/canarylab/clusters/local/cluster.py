"""The local rung from the host's side: make a cluster's folder and sockets, enter namespaces, watch, end.

A cluster made by a run holds a pipe to it and ends with it, however the run dies; one made by ``up`` lives
until ``down``. Both are one process tree under a PID namespace, so ending is one signal.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from canarylab import paths
from canarylab.clusters.cluster import LOCAL, client_of, run_kubectl
from canarylab.clusters.local import controlplane, credentials, layout, registry
from canarylab.clusters.local.cri.images import Catalogue
from canarylab.clusters.local.layout import Folder
from canarylab.clusters.local.registry import Record
from canarylab.clusters.ways import Direct
from canarylab.errors import ComponentDied, EnvironmentFault
from canarylab.images import puller
from canarylab.kube import manifests
from canarylab.process import namespaces
from canarylab.toolchain import Toolset

Json = dict[str, Any]

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "cri-stream")
# etcd, then the API server, then the kubelet: three readiness bounds, one after the other.
START_BOUND = 3 * 60.0


class Unattended(subprocess.Popen[bytes]):
    """A process that may outlive this object and this run: the registry ends it, whoever is its parent then."""

    def __del__(self) -> None:
        self.poll()


@dataclass
class LocalCluster:
    """A running local cluster, as ``start`` or ``find`` gives it; ``timings`` are seconds per component."""

    record: Record
    toolset: Toolset
    ports: dict[str, int]
    timings: dict[str, float] = field(default_factory=dict)
    rung: str = LOCAL
    patience: float = 30.0  # two scrapes make a rate, and ten times that is for a machine that is busy
    shares_clock: bool = True
    _process: subprocess.Popen[bytes] | None = None
    _beside: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def folder(self) -> Path:
        return self.record.files.root

    @property
    def kubeconfig(self) -> Path:
        return self.record.files.kubeconfig

    @property
    def kubectl_program(self) -> Path:
        return self.toolset.program("kubectl")

    @property
    def prometheus(self) -> Direct:
        """On this machine's loopback."""
        return Direct(f"http://127.0.0.1:{self.ports['prometheus']}")

    @property
    def found_by(self) -> str:
        return f"--name {self.name}"

    def api_client(self) -> Any:
        """A ``kubernetes.client.ApiClient``, new at each call."""
        return client_of(self)

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        """Runs kubectl and returns its standard output; UsageError with its own words when it fails."""
        return run_kubectl(self, args, stdin)

    def describe(self) -> list[str]:
        """Kubernetes is real; the images of containers stand in."""
        version = self.toolset.describe("kube-apiserver").version
        pulled = "; images that an entry has pulled are real, of their registries" if self.record.pulls() else ""
        return [
            f"cluster {self.name}: local; Kubernetes {version}: real, as processes in Linux namespaces",
            f"containers: processes of the host's programs; container images stand in by fixtures/images.yaml{pulled}",
        ]

    def space(self, name: str) -> Json:
        """A Namespace with nothing but its name."""
        return manifests.namespace(name)

    def programs(self) -> tuple[Json, ...]:
        """Nothing: the node knows our images."""
        return ()

    def adapted(self, item: Json) -> Json:
        """As it is."""
        return item

    def unfit(self, objects: Iterable[Json], namespace: str) -> str:
        """It takes everything."""
        del objects, namespace
        return ""

    def failure(self) -> str | None:
        """What ended the cluster, with the last log lines; None while it lives."""
        return self.record.failure()

    def stop(self, *, keep_folder: bool = False) -> None:
        """Ends every process of the cluster and removes its folder; returns when all of them are gone."""
        if keep_folder:
            self.record.keep()
        else:
            self.record.remove()
        for process in (self._process, self._beside):
            if process is not None:
                process.wait(timeout=registry.END_BOUND)


def find(name: str, toolset: Toolset) -> LocalCluster:
    """The cluster of that name, made by ``up``; UsageError when there is none."""
    record = registry.find(name)
    return LocalCluster(record, toolset, record.ports())


def host_sockets() -> dict[str, socket.socket]:
    """One listening socket on the host's loopback per way in, each on a port that was free."""
    return {name: socket.create_server(("127.0.0.1", 0), backlog=512) for name in layout.RELAYS}


def environment() -> dict[str, str]:
    """What a component sees of the caller's environment: enough to run Python and programs, no secrets."""
    passed = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "TZ")}
    return passed | {"HOME": "/", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


def catalogues(images: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of images in their order: the last entry that fits wins, so what has all others pulled stands first."""
    every = paths.every_image()
    first = (every,) if every in images else ()
    return (*first, paths.fixtures() / "images.yaml", *(file for file in images if file != every))


def _puller(folder: Folder, images: tuple[Path, ...]) -> tuple[Unattended | None, list[socket.socket]]:
    """The way to registries, where an entry has images pulled: a process on this side of the cluster's network."""
    if not Catalogue.read(images).pulls:
        return None, []
    control, theirs = puller.ends()
    with theirs, (folder.logs / "puller.log").open("ab") as log:
        process = Unattended(
            [sys.executable, "-m", puller.__name__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return process, [control]


def write_plan(
    folder: Folder,
    toolset: Toolset,
    listeners: dict[str, socket.socket],
    images: tuple[Path, ...],
    pullers: Sequence[socket.socket] = (),
) -> None:
    """Everything that PID 1 reads: credentials, the kubelet's configuration, the components."""
    ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
    credentials.make(folder, folder.root.name, ports["api"])
    kubelet = yaml.safe_dump(controlplane.kubelet_configuration(folder))
    credentials.write_private(folder.config / "kubelet.yaml", kubelet)
    credentials.write_private(folder.config / "toolset.json", toolset.to_json())
    plan = controlplane.Plan(
        folder=folder,
        programs={name: str(toolset.program(name)) for name in PROGRAMS},
        relays={name: listener.fileno() for name, listener in listeners.items()},
        images=tuple(str(i.absolute()) for i in catalogues(images)),
        toolset=str(folder.config / "toolset.json"),
        single_id=not namespaces.is_root(),
        env=environment(),
        puller=tuple(one.fileno() for one in pullers),
    )
    components = [c.to_json() for c in controlplane.components(plan)]
    credentials.write_private(folder.plan, json.dumps(components, indent=1))
    told = {"ports": ports, "created": time.time(), "pulls": bool(pullers)}
    credentials.write_private(folder.root / "cluster.json", json.dumps(told))


def start(name: str, toolset: Toolset, *, images: tuple[Path, ...] = (), lifeline: int | None = None) -> LocalCluster:
    """Starts a cluster and returns when every component is ready.

    ``lifeline`` is the reading end of a pipe (``canarylab.process.lifeline``): when it reads as closed, the
    cluster ends by itself. Without one it lives until ``stop`` or ``canarylab down``.
    """
    Catalogue.read(images)  # a wrong file is told before anything starts
    namespaces.require()
    began = time.monotonic()
    registry.sweep()
    folder = registry.new_folder(name, owner=None if lifeline is None else os.getpid())
    listeners, (beside, pullers) = host_sockets(), _puller(folder, images)
    ports = {n: s.getsockname()[1] for n, s in listeners.items()}
    report, theirs = os.pipe()
    try:
        write_plan(folder, toolset, listeners, images, pullers)
        process = _enter(folder, theirs, lifeline, [s.fileno() for s in (*listeners.values(), *pullers)])
        cluster = LocalCluster(Record(folder), toolset, ports, _process=process, _beside=beside)
    except BaseException:
        os.close(report)
        raise
    finally:
        os.close(theirs)
        for one in (*listeners.values(), *pullers):
            one.close()
    try:
        cluster.timings = await_ready(report, folder)
    except BaseException:
        cluster.stop(keep_folder=True)
        raise
    finally:
        os.close(report)
    cluster.timings["all"] = round(time.monotonic() - began, 3)
    return cluster


def _enter(folder: Folder, report: int, lifeline: int | None, listeners: list[int]) -> subprocess.Popen[bytes]:
    """Starts PID 1 in namespaces of its own, and writes down which process holds them."""
    argv = [sys.executable, "-m", "canarylab.clusters.local.init", str(folder.root), "--report", str(report)]
    inherited = [*listeners, report]
    if lifeline is not None:
        argv += ["--lifeline", str(lifeline)]
        inherited.append(lifeline)
    with (folder.logs / "init.log").open("ab") as log:
        process = Unattended(
            namespaces.command(argv),
            pass_fds=inherited,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(),
            start_new_session=True,
        )
    folder.pid.write_text(registry.identity(process.pid))
    return process


def await_ready(report: int, folder: Folder) -> dict[str, float]:
    """Reads PID 1's report until all components are ready; fails as soon as it tells of a failure or ends."""
    timings: dict[str, float] = {}
    deadline, pending = time.monotonic() + START_BOUND, b""
    while "all" not in timings:
        readable, _, _ = select.select([report], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise EnvironmentFault(f"the cluster was not ready within {START_BOUND:.0f} s", where=str(folder.logs))
        data = os.read(report, 1 << 16)
        if not data:
            log = folder.logs / "init.log"
            raise ComponentDied(f"the cluster's first process ended: {log.read_text()[-2000:]}", where=str(log))
        *lines, pending = (pending + data).split(b"\n")
        for event in map(json.loads, lines):
            if event["event"] == "failed":
                raise ComponentDied(event["error"], where=str(folder.logs))
            if "seconds" in event:
                timings[event.get("component", "all")] = event["seconds"]
    return timings
