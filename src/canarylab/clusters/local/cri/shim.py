"""A container's guardian: starts its program in namespaces of its own, keeps its output, tells how it ended.

One per container, forked by the spawner. It needs nobody: when the runtime's server dies, log and attach go on,
and the exit stands in ``exit.json`` for the next server.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from canarylab.clusters.local.cri import identity, kernel, program, rootfs, spec
from canarylab.clusters.local.cri.pump import Pump, Streams

DRAIN_BOUND = 2.0  # seconds that output may still come after the program's end


def run(plan: dict[str, Any], outcome: int) -> None:
    """Starts the container, tells the pid or the error on ``outcome``, stays until it ends; never returns."""
    os.setsid()
    kernel.set_name("canarylab-shim")
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    try:
        pid, streams = _start(plan)
        pump = Pump(plan, streams)
    except OSError as error:
        os.write(outcome, json.dumps({"error": str(error.strerror or error)}).encode())
        os._exit(1)
    namespace, held = _hold_mount_namespace(pid)
    started: dict[str, Any] = {"shim": os.getpid(), "pid": pid, "mount_namespace": namespace, "started": time.time_ns()}
    started |= {f"{kind}_started": kernel.start_time(started[kind]) for kind in ("shim", "pid")}
    spec.write_json(f"{plan['folder']}/{spec.STARTED}", started)
    os.write(outcome, json.dumps(started).encode())
    os.close(outcome)
    status = pump.until_exit(pid)
    if held >= 0 and (plan["pid_of"] or plan["host_pid"]):
        _kill_rest(namespace)
    pump.drain(DRAIN_BOUND)
    _tell_exit(plan, status)
    os._exit(0)


def _start(plan: dict[str, Any]) -> tuple[int, Streams]:
    streams = Streams.open(stdin=plan["stdin"], tty=plan["tty"])
    failed, failing = os.pipe()
    _own_processes(plan)
    pid = os.fork()
    if pid == 0:
        _become(plan, streams, failing)
    os.close(failing)
    streams.keep_ours()
    error = b""
    while data := os.read(failed, 4096):
        error += data
    os.close(failed)
    if error:
        os.waitpid(pid, 0)
        raise OSError(error.decode(errors="replace"))
    return pid, streams


def _own_processes(plan: dict[str, Any]) -> None:
    """The process namespace that the next child lives in."""
    if plan["pid_of"]:
        kernel.join(f"/proc/{plan['pid_of']}/ns/pid")
    elif not plan["host_pid"]:
        kernel.unshare(kernel.CLONE_NEWPID)


def _become(plan: dict[str, Any], streams: Streams, failing: int) -> None:
    """In the child: the container's surroundings, then its program. Tells an error on ``failing``."""
    try:
        limits = plan["cgroups"]
        for folder in limits:
            with open(f"{folder}/cgroup.procs", "w") as file:
                file.write("0")
        _oom_score(plan["oom_score_adj"])
        for kind in plan["join"]:
            kernel.join(f"/proc/{plan['holder']}/ns/{kind}")
        program.default_signals()
        rootfs.enter(plan["root"], plan)
        os.setsid()
        streams.become_theirs(plan["who"]["uid"])
        os.chdir(plan["workdir"])
        identity.assume(plan["who"])
        kernel.die_with_parent()
        error = program.execute(plan["argv"], plan["env"])
    except OSError as raised:
        error = raised
    os.write(failing, str(error.strerror or error).encode())
    os._exit(128)


def _oom_score(value: int) -> None:
    """Lowering it takes a privilege that not every caller has."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(str(value))
    except OSError:
        return


def _hold_mount_namespace(pid: int) -> tuple[str, int]:
    """Its name, and a descriptor that keeps the name from becoming another container's while this process lives."""
    path = f"/proc/{pid}/ns/mnt"
    try:
        held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return os.readlink(path), held
    except OSError:  # it has ended already
        return "", -1


def _kill_rest(namespace: str) -> None:
    """What the program left behind, where no process namespace of its own has ended with it."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            if os.readlink(f"/proc/{name}/ns/mnt") == namespace:
                os.kill(int(name), signal.SIGKILL)
        except OSError:
            continue


def _tell_exit(plan: dict[str, Any], status: int) -> None:
    told = {"code": program.exit_code(status), "finished": time.time_ns(), "oom": _out_of_memory(plan["cgroups"])}
    spec.write_json(f"{plan['folder']}/{spec.EXIT}", told)


def _out_of_memory(folders: list[str]) -> bool:
    """Whether the kernel killed for memory, as cgroup v1 or v2 tells."""
    for folder in folders:
        for name in ("memory.oom_control", "memory.events"):
            try:
                with open(f"{folder}/{name}") as file:
                    counts = dict(line.split() for line in file)
            except OSError:
                continue
            if int(counts.get("oom_kill", 0)):
                return True
    return False


def complain(folder: str) -> None:
    """Standard error of a shim goes to a file beside its container."""
    descriptor = os.open(f"{folder}/shim.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.dup2(descriptor, 2)
    sys.stdin = sys.stdout = None
