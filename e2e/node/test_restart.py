"""The runtime and the kubelet are killed: containers live on, and nothing of what they said or did is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from canarylab.clusters.local import registry
from node.pods import Pods, ready, shell, status, terminated, until

FOREVER = "while :; do sleep 0.1; done"
VOLUME, MOUNT = [{"name": "v", "emptyDir": {}}], [{"name": "v", "mountPath": "/v"}]
COUNT = "i=0; while [ $i -lt 400 ]; do echo $i; i=$((i + 1)); sleep 0.01; done; " + FOREVER
RUNTIME, KUBELET, STREAMING = "canarylab.clusters.local.cri\0--socket", "/kubelet\0", "/cri-stream\0"


@pytest.fixture(scope="module")
def pods(own_cluster: Callable[..., Pods]) -> Pods:
    return own_cluster("restart")


def processes(*words: str) -> Iterator[int]:
    """The processes of this machine whose command line holds all the words."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):  # it has ended
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            if all(word in command for word in words):
                yield int(entry.name)


def namespace(pid: int) -> str:
    """The process namespace of a process; empty when it has ended."""
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid")
    return ""


def components(pods: Pods, word: str) -> list[int]:
    """The processes with such a command line in this cluster's own process namespace."""
    (server,) = processes("/kube-apiserver", str(pods.cluster.folder))
    own = namespace(server)
    return [pid for pid in processes(word) if namespace(pid) == own]


def kill(pods: Pods, word: str) -> None:
    """Kills a component and waits until the supervisor has started it again."""
    (old,) = components(pods, word)
    os.kill(old, signal.SIGKILL)
    until(lambda: [pid for pid in components(pods, word) if pid != old])


def identity(pods: Pods, name: str) -> str:
    """What a new process would not have: the container's id, and the start time of its first process."""
    return status(pods.get("pod", name))["containerID"] + pods.exec(name, "cut -d' ' -f22 /proc/1/stat")


def test_containers_live_on_and_no_log_line_is_lost(pods: Pods) -> None:
    pods.start("counting", shell(COUNT))
    before = identity(pods, "counting")
    kill(pods, RUNTIME)
    assert until(lambda: pods.run("exec", "counting", "--", "true").returncode == 0)
    assert identity(pods, "counting") == before
    assert until(lambda: "\n399\n" in pods.logs("counting"))
    assert pods.logs("counting").split() == [str(i) for i in range(400)]
    assert status(pods.get("pod", "counting"))["restartCount"] == 0


def test_a_container_that_ended_meanwhile_has_its_exit_code(pods: Pods) -> None:
    pods.start("ending", shell("until test -e /v/go; do :; done; exit 23", volumeMounts=MOUNT), volumes=VOLUME)
    (runtime,) = components(pods, RUNTIME)
    os.kill(runtime, signal.SIGSTOP)  # it neither sees the end nor hears of it
    (program,) = processes("sh\0-c\0until test -e /v/go")
    Path(f"/proc/{program}/root/v/go").touch()
    until(lambda: not Path(f"/proc/{program}").exists())
    kill(pods, RUNTIME)
    ended = terminated(pods.pod("ending", terminated))
    assert ended is not None
    assert (ended["exitCode"], ended["reason"]) == (23, "Error")


def test_a_container_can_be_stopped_by_the_next_runtime(pods: Pods) -> None:
    pods.start("stopping", shell(f"trap 'exit 0' TERM; {FOREVER}"), terminationGracePeriodSeconds=600)
    kill(pods, RUNTIME)
    pods.kubectl("delete", "pod", "stopping", "--timeout=60s")
    assert pods.run("get", "pod", "stopping").returncode == 1


def test_a_killed_kubelet_adopts_its_pods(pods: Pods) -> None:
    pods.start("adopted", shell(FOREVER))
    before = identity(pods, "adopted")
    kill(pods, KUBELET)
    assert until(lambda: pods.run("exec", "adopted", "--", "true").returncode == 0)
    assert identity(pods, "adopted") == before
    pods.start("later", shell(FOREVER))
    assert ready(pods.get("pod", "adopted"))
    assert status(pods.get("pod", "adopted"))["restartCount"] == 0


def test_a_container_ends_with_its_guard(pods: Pods) -> None:
    pods.start("guarded", shell(f": guarded; {FOREVER}"))
    (program,) = processes("sh\0-c\0: guarded")
    facts = Path(f"/proc/{program}/status").read_text()
    guard = next(int(line.split()[1]) for line in facts.splitlines() if line.startswith("PPid:"))
    os.kill(guard, signal.SIGKILL)
    ended = terminated(pods.pod("guarded", terminated))
    assert ended is not None
    assert ended["exitCode"] == 255
    assert registry.start_time(program) == ""  # gone, or ended and not collected yet


def test_exec_works_after_a_restart_of_the_streaming_server(pods: Pods) -> None:
    pods.start("streaming", shell(FOREVER))
    kill(pods, STREAMING)
    assert until(lambda: pods.run("exec", "streaming", "--", "true").returncode == 0)
