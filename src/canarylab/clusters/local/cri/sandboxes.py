"""Pod sandboxes: a holder process with the pod's namespaces, an interface, an address."""

from __future__ import annotations

import os
import signal
import time
import uuid
from typing import Any

from canarylab.clusters.local.cri import kernel, spec
from canarylab.clusters.local.cri.node import Node
from canarylab.clusters.local.cri.store import NotFound, Sandbox


def new_id() -> str:
    return uuid.uuid4().hex + uuid.uuid4().hex


class Sandboxes:
    """RunPodSandbox to RemovePodSandbox. Stopping and removing may be asked again at any time."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def recover(self) -> None:
        """After a start of the server: holders that still live are watched, the others' pods are not ready."""
        for box in self._node.store.sandboxes():
            if box.ready:
                self._watch(box)
                continue
            if not box.holder:  # the server was killed while it made the sandbox
                box.__dict__.update(spec.read_json(f"{self._node.store.folder(box)}/{spec.STARTED}") or {})
            self.stop(box.id)
        self._node.addresses.keep_only({box.id for box in self._node.store.sandboxes() if box.ready})

    def run(self, config: Any) -> Sandbox:
        box = Sandbox(new_id(), config, time.time_ns())
        self._node.store.add(box)
        try:
            self._start(box)
        except OSError:
            self.stop(box.id)
            self._node.store.drop(box)
            raise
        box.ready = True
        self._node.store.save(box)
        self._watch(box)
        self._node.tell("CONTAINER_CREATED_EVENT", box.id, box)
        self._node.tell("CONTAINER_STARTED_EVENT", box.id, box)
        return box

    def stop(self, id_: str) -> None:
        """Ends the holder and gives the address back; the caller has ended the containers."""
        try:
            box = self._node.store.sandbox(id_)
        except NotFound:
            return
        was_ready, box.ready = box.ready, False
        if box.holder and kernel.start_time(box.holder) == box.holder_started:
            os.kill(box.holder, signal.SIGKILL)
        box.holder = 0
        if box.address:
            self._node.network.disconnect(box.id)
            self._node.addresses.release(box.address, box.id)
        self._node.store.save(box)
        if was_ready:
            self._node.tell("CONTAINER_STOPPED_EVENT", box.id, box)

    def remove(self, id_: str) -> None:
        try:
            box = self._node.store.sandbox(id_)
        except NotFound:
            return
        self._node.store.drop(box)
        self._node.tell("CONTAINER_DELETED_EVENT", box.id, box)

    def _start(self, box: Sandbox) -> None:
        security, messages = box.config.linux.security_context, self._node.messages
        options = security.namespace_options
        shm = self._node.store.folder(box) / "shm"
        shm.mkdir()
        shm.chmod(0o1777)
        host_network = options.network == messages.NODE
        holder = {
            "folder": str(self._node.store.folder(box)),
            "hostname": box.config.hostname,
            "host_network": host_network,
            "host_ipc": options.ipc == messages.NODE,
            "shared_pid": options.pid == messages.POD,
            "sysctls": dict(box.config.linux.sysctls),
        }
        box.__dict__.update(self._node.spawner.ask({"run": "holder", "plan": holder}))
        if box.config.log_directory:
            os.makedirs(box.config.log_directory, exist_ok=True)
        if not host_network:
            self._connect(box)

    def _connect(self, box: Sandbox) -> None:
        addresses = self._node.addresses
        box.address = addresses.take(box.id)
        self._node.store.save(box)
        try:
            mask = str(addresses.network.netmask)
            self._node.network.connect(box.id, box.holder, box.address, addresses.gateway, mask)
        except BaseException:
            addresses.release(box.address, box.id)
            box.address = ""
            raise

    def _watch(self, box: Sandbox) -> None:
        self._node.watch.add(box.holder, box.holder_started, lambda: self.stop(box.id))
