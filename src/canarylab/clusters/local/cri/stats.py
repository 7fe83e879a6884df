"""What pods and containers use, read from /proc: a container's processes are those of its mount namespace."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canarylab.clusters.local.cri.net import INSIDE
from canarylab.clusters.local.cri.proto import Messages
from canarylab.clusters.local.cri.store import Container, Sandbox
from canarylab.process import spent

_TICK = 10**9 // os.sysconf("SC_CLK_TCK")


@dataclass
class Usage:
    """CPU time in nanoseconds; memory in bytes, all of it and what is no file's."""

    cpu: int = 0
    resident: int = 0
    anonymous: int = 0
    processes: int = 0


def by_mount_namespace() -> dict[str, Usage]:
    """One walk over /proc."""
    found: dict[str, Usage] = defaultdict(Usage)
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            _add(found[os.readlink(f"/proc/{name}/ns/mnt")], name)
        except (OSError, ValueError):  # it ended meanwhile
            continue
    return found


def _add(usage: Usage, pid: str) -> None:
    one = spent.of(pid)
    usage.cpu += (one.own + one.children) * _TICK
    usage.resident += one.resident
    usage.anonymous += one.anonymous
    usage.processes += 1


class Stats:
    """Usage as the CRI's messages. ``disk`` is a folder of the file system that holds images."""

    def __init__(self, messages: Messages, disk: Path) -> None:
        self._pb, self._disk = messages, str(disk)

    def container(self, one: Container, usage: Usage) -> Any:
        about = self._pb.ContainerAttributes(
            id=one.id, metadata=one.config.metadata, labels=one.config.labels, annotations=one.config.annotations
        )
        cpu, memory = self._cpu(usage), self._memory(usage)
        return self._pb.ContainerStats(
            attributes=about, cpu=cpu, memory=memory, writable_layer=self._filesystem(f"/proc/{one.pid}/root/")
        )

    def sandbox(self, box: Sandbox, containers: Iterable[Any], total: Usage) -> Any:
        about = self._pb.PodSandboxAttributes(
            id=box.id, metadata=box.config.metadata, labels=box.config.labels, annotations=box.config.annotations
        )
        processes = self._pb.ProcessUsage(timestamp=time.time_ns(), process_count=self._number(total.processes))
        linux = self._pb.LinuxPodSandboxStats(
            cpu=self._cpu(total),
            memory=self._memory(total),
            network=self._network(box),
            process=processes,
            containers=containers,
        )
        return self._pb.PodSandboxStats(attributes=about, linux=linux)

    def images(self) -> Any:
        """The file system that holds images."""
        return self._filesystem(self._disk)

    def _filesystem(self, path: str) -> Any:
        """What is used at ``path``; None when it is not there any more.

        It is told under the name of the images' file system, because the kubelet looks the name up among those
        that it knows, and fails where it does not find it.
        """
        try:
            seen = os.statvfs(path)
        except OSError:
            return None
        return self._pb.FilesystemUsage(
            timestamp=time.time_ns(),
            fs_id=self._pb.FilesystemIdentifier(mountpoint=self._disk),
            used_bytes=self._number((seen.f_blocks - seen.f_bfree) * seen.f_frsize),
            inodes_used=self._number(seen.f_files - seen.f_ffree),
        )

    def _number(self, value: int) -> Any:
        return self._pb.UInt64Value(value=value)

    def _cpu(self, usage: Usage) -> Any:
        return self._pb.CpuUsage(timestamp=time.time_ns(), usage_core_nano_seconds=self._number(usage.cpu))

    def _memory(self, usage: Usage) -> Any:
        return self._pb.MemoryUsage(
            timestamp=time.time_ns(),
            working_set_bytes=self._number(usage.resident),
            usage_bytes=self._number(usage.resident),
            rss_bytes=self._number(usage.anonymous),
        )

    def _network(self, box: Sandbox) -> Any:
        for line in _lines(f"/proc/{box.holder}/net/dev"):
            name, _, rest = line.partition(":")
            if name.strip() == INSIDE and box.address:
                numbers = [self._number(int(n)) for n in rest.split()]
                interface = self._pb.NetworkInterfaceUsage(
                    name=INSIDE,
                    rx_bytes=numbers[0],
                    rx_errors=numbers[2],
                    tx_bytes=numbers[8],
                    tx_errors=numbers[10],
                )
                return self._pb.NetworkUsage(timestamp=time.time_ns(), default_interface=interface)
        return None


def _lines(path: str) -> list[str]:
    try:
        with open(path) as file:
            return file.readlines()
    except OSError:
        return []
