"""What the runtime knows of pods and containers, in memory and on disk: a restarted server finds all of it."""

from __future__ import annotations

import base64
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canarylab.clusters.local.cri import spec
from canarylab.clusters.local.cri.proto import Messages
from canarylab.errors import CanarylabError

RECORD = "record.json"
CREATED, RUNNING, EXITED = range(3)  # as the CRI's ContainerState


class NotFound(CanarylabError):
    """No such pod sandbox or container."""


@dataclass
class Sandbox:
    """A pod's namespaces. ``config`` is the kubelet's PodSandboxConfig."""

    id: str
    config: Any
    created: int
    ready: bool = False
    address: str = ""
    holder: int = 0
    holder_started: int = 0

    @property
    def pod(self) -> tuple[str, str, str]:
        """Namespace, name and uid."""
        about = self.config.metadata
        return about.namespace, about.name, about.uid


@dataclass
class Container:
    """A container. ``config`` is the kubelet's ContainerConfig; pids count only with their start times."""

    id: str
    sandbox: str
    config: Any
    image_ref: str
    image_id: str
    log: str
    created: int
    stop_signal: int
    state: int = CREATED
    started: int = 0
    finished: int = 0
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    shim: int = 0
    shim_started: int = 0
    pid: int = 0
    pid_started: int = 0
    mount_namespace: str = ""
    cgroups: list[str] = field(default_factory=list)
    user: dict[str, Any] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event, compare=False)


class Store:
    """Sandboxes and containers by id. Whoever changes one saves it."""

    def __init__(self, folder: Path, messages: Messages) -> None:
        self._folder, self._messages = folder, messages
        self._lock = threading.RLock()
        self._sandboxes: dict[str, Sandbox] = {}
        self._containers: dict[str, Container] = {}
        for kind in ("sandboxes", "containers"):
            (folder / kind).mkdir(parents=True, exist_ok=True)
        self._load()

    def folder(self, thing: Sandbox | Container) -> Path:
        """Named for half of the id: the path of the attach socket in it may have 107 characters."""
        return self._folder / ("sandboxes" if isinstance(thing, Sandbox) else "containers") / thing.id[:32]

    def add(self, thing: Sandbox | Container) -> None:
        self.folder(thing).mkdir(mode=0o700, exist_ok=True)
        self.save(thing)
        with self._lock:
            if isinstance(thing, Sandbox):
                self._sandboxes[thing.id] = thing
            else:
                self._containers[thing.id] = thing

    def save(self, thing: Sandbox | Container) -> None:
        kept = {k: v for k, v in thing.__dict__.items() if k not in ("config", "ended")}
        kept["config"] = base64.b64encode(thing.config.SerializeToString()).decode()
        with self._lock:
            if self.folder(thing).is_dir():
                spec.write_json(str(self.folder(thing) / RECORD), kept)

    def drop(self, thing: Sandbox | Container) -> None:
        with self._lock:
            self._sandboxes.pop(thing.id, None)
            self._containers.pop(thing.id, None)
            shutil.rmtree(self.folder(thing), ignore_errors=True)

    def sandbox(self, id_: str) -> Sandbox:
        with self._lock:
            if id_ not in self._sandboxes:
                raise NotFound(f"pod sandbox {id_} is not there")
            return self._sandboxes[id_]

    def container(self, id_: str) -> Container:
        with self._lock:
            if id_ not in self._containers:
                raise NotFound(f"container {id_} is not there")
            return self._containers[id_]

    def sandboxes(self) -> list[Sandbox]:
        with self._lock:
            return list(self._sandboxes.values())

    def containers(self, sandbox: str = "") -> list[Container]:
        with self._lock:
            return [c for c in self._containers.values() if sandbox in ("", c.sandbox)]

    def _load(self) -> None:
        for file in self._folder.glob(f"sandboxes/*/{RECORD}"):
            data = spec.read_json(str(file))
            config = self._messages.PodSandboxConfig.FromString(base64.b64decode(data.pop("config")))
            self._sandboxes[data["id"]] = Sandbox(**data, config=config)
        for file in self._folder.glob(f"containers/*/{RECORD}"):
            data = spec.read_json(str(file))
            config = self._messages.ContainerConfig.FromString(base64.b64decode(data.pop("config")))
            container = self._containers[data["id"]] = Container(**data, config=config)
            if container.state == EXITED:
                container.ended.set()
