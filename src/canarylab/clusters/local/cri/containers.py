"""Containers: created as a folder with a plan, started by a shim, stopped by signal, watched to their end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from typing import Any

from canarylab.clusters.local.cri import frames, kernel, plan, spec, unenforced
from canarylab.clusters.local.cri.node import Node
from canarylab.clusters.local.cri.sandboxes import new_id
from canarylab.clusters.local.cri.shelf import PullFailed
from canarylab.clusters.local.cri.store import CREATED, EXITED, RUNNING, Container, NotFound, Sandbox

_KILL_BOUND = 10.0  # seconds from SIGKILL to the shim's end, tenfold what a loaded machine needs


class NotRunning(OSError):
    """What was asked needs a container that runs."""


class Containers:
    """CreateContainer to RemoveContainer."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._surroundings = plan.Surroundings(node.messages, node.mapped, node.shelf.program, node.shelf.asset)

    def recover(self) -> None:
        """After a start of the server: every container that ran is watched again, or its end is read."""
        for one in self._node.store.containers():
            if one.state == CREATED and (told := spec.read_json(f"{self._node.store.folder(one)}/{spec.STARTED}")):
                self._started(one, told)  # the server was killed before it heard
            elif one.state == RUNNING:
                self._watch(one)

    def create(self, sandbox: str, config: Any, log_directory: str) -> Container:
        box = self._node.store.sandbox(sandbox)
        image = self._node.shelf.find(config.image.user_specified_image, config.image.image)
        if image is None:
            raise PullFailed(f'the image "{config.image.image}" has not been pulled')
        recipe = self._node.shelf.recipe(image)
        made = plan.make(self._surroundings, box, config, image, recipe)
        one = Container(
            id=new_id(),
            sandbox=box.id,
            config=config,
            image_ref=image.ref,
            image_id=image.id,
            log=os.path.join(log_directory, config.log_path) if config.log_path else "",
            created=time.time_ns(),
            stop_signal=plan.stop_signal(self._node.messages, config, recipe),
            user={key: made["who"][key] for key in ("uid", "gid", "groups")} if made["who"]["real"] else {},
        )
        self._warn(box, config, made)
        self._node.store.add(one)
        self._write_plan(one, box, made)
        self._node.tell("CONTAINER_CREATED_EVENT", one.id, box)
        return one

    def start(self, id_: str) -> None:
        """Returns when the program has been executed; OSError says why it could not be."""
        one = self._node.store.container(id_)
        if one.state != CREATED:
            raise NotRunning(f"container {id_} has been started already")
        box = self._node.store.sandbox(one.sandbox)
        folder = str(self._node.store.folder(one))
        try:
            started = self._node.spawner.ask({"run": "shim", "folder": folder})
        except OSError as error:
            self._not_started(one, box, str(error))
            raise
        self._started(one, started)
        self._node.tell("CONTAINER_STARTED_EVENT", one.id, box)

    def stop(self, id_: str, grace: float) -> None:
        """Asks the program to end, kills it after ``grace`` seconds, returns when it has ended."""
        try:
            one = self._node.store.container(id_)
        except NotFound:
            return
        if one.state == CREATED:
            self._end(one, {"code": 0, "finished": time.time_ns(), "oom": False})
        if grace > 0 and one.state == RUNNING:
            self._signal(one, one.stop_signal)
            one.ended.wait(grace)
        if one.state == RUNNING:
            self._signal(one, signal.SIGKILL)
            if not one.ended.wait(_KILL_BOUND):
                raise OSError(f"container {id_} outlives SIGKILL")

    def remove(self, id_: str) -> None:
        try:
            one = self._node.store.container(id_)
        except NotFound:
            return
        self.stop(id_, 0)
        self._node.store.drop(one)
        if one.log:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(one.log)
        with contextlib.suppress(NotFound):
            self._node.tell("CONTAINER_DELETED_EVENT", id_, self._node.store.sandbox(one.sandbox))

    def running(self, id_: str) -> Container:
        one = self._node.store.container(id_)
        if one.state != RUNNING:
            raise NotRunning(f"container {id_} does not run")
        return one

    def reopen_log(self, id_: str) -> None:
        """Returns when the shim writes to the file of the log's name again."""
        one = self.running(id_)
        with socket.socket(socket.AF_UNIX) as shim:
            shim.settimeout(10)
            shim.connect(str(self._node.store.folder(one) / spec.ATTACH))
            shim.sendall(frames.pack(frames.REOPEN_LOG))
            reader = frames.Reader()
            while data := shim.recv(1 << 16):
                if any(kind == frames.REOPEN_LOG for kind, _ in reader.feed(data)):
                    return
        raise NotRunning(f"container {id_} ended meanwhile")

    def update(self, id_: str, resources: Any) -> None:
        """New limits; what is not given stays."""
        one = self._node.store.container(id_)
        one.config.linux.resources.MergeFrom(resources)
        missing = self._node.limits.change(one.cgroups, one.id, one.config.linux.resources)
        self._node.store.save(one)
        self._not_enforced(self._node.store.sandbox(one.sandbox), missing)

    def _write_plan(self, one: Container, box: Sandbox, made: dict[str, Any]) -> None:
        folder = self._node.store.folder(one)
        root = folder / "root"
        root.mkdir()
        one.cgroups, missing = self._node.limits.make(one.id, one.config.linux.resources)
        self._node.store.save(one)
        self._not_enforced(box, missing)
        made |= {
            "folder": str(folder),
            "root": str(root),
            "log": one.log,
            "holder": box.holder,
            "pid_of": self._shared_processes(one, box),
            "shm": "/dev/shm" if "ipc" not in made["join"] else str(self._node.store.folder(box) / "shm"),  # noqa: S108
            "cgroups": one.cgroups,
        }
        spec.write_json(str(folder / spec.PLAN), made)

    def _shared_processes(self, one: Container, box: Sandbox) -> int:
        """The process whose process namespace the container shares: the pod's, another container's, or none."""
        options, messages = one.config.linux.security_context.namespace_options, self._node.messages
        if options.pid == messages.POD:
            return box.holder
        return self.running(options.target_id).pid if options.pid == messages.TARGET else 0

    def _started(self, one: Container, told: dict[str, Any]) -> None:
        one.__dict__.update(told, state=RUNNING)
        self._node.store.save(one)
        self._watch(one)

    def _watch(self, one: Container) -> None:
        self._node.watch.add(one.shim, one.shim_started, lambda: self._shim_gone(one))

    def _shim_gone(self, one: Container) -> None:
        told = spec.read_json(f"{self._node.store.folder(one)}/{spec.EXIT}")
        if told is None:
            if kernel.start_time(one.pid) == one.pid_started:
                self._signal(one, signal.SIGKILL)
            one.message = "the process that guarded the container was killed"
        self._end(one, told or {"code": 255, "finished": time.time_ns(), "oom": False})

    def _end(self, one: Container, told: dict[str, Any]) -> None:
        one.exit_code, one.finished, one.state = told["code"], told["finished"], EXITED
        one.reason = "OOMKilled" if told["oom"] else "Completed" if told["code"] == 0 else "Error"
        self._ended(one)
        with contextlib.suppress(NotFound):
            self._node.tell("CONTAINER_STOPPED_EVENT", one.id, self._node.store.sandbox(one.sandbox))

    def _not_started(self, one: Container, box: Sandbox, why: str) -> None:
        one.started = one.finished = time.time_ns()
        one.exit_code, one.reason, one.message, one.state = 128, "StartError", why, EXITED
        self._ended(one)
        self._node.tell("CONTAINER_STOPPED_EVENT", one.id, box)

    def _ended(self, one: Container) -> None:
        self._node.limits.remove(one.cgroups)
        self._node.store.save(one)
        one.ended.set()

    def _signal(self, one: Container, number: int) -> None:
        if kernel.start_time(one.pid) == one.pid_started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one.pid, number)

    def _warn(self, box: Sandbox, config: Any, made: dict[str, Any]) -> None:
        if said := unenforced.told(self._node.messages, box.config, config):
            self._node.notices.warn(box, "NotEnforced", said)
        security = config.linux.security_context
        asked = [security.run_as_user.value, security.run_as_group.value, *security.supplemental_groups]
        if any(asked) and not made["who"]["real"]:
            said = "runAsUser, runAsGroup and fsGroup are not applied: this node has a single user id"
            self._node.notices.warn(box, "UserIgnored", said)

    def _not_enforced(self, box: Sandbox, controllers: list[str]) -> None:
        if controllers:
            said = (
                f"limits of {', '.join(sorted(set(controllers)))} are not enforced: no control group can be made here"
            )
            self._node.notices.warn(box, "LimitsNotEnforced", said)
