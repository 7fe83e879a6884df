"""Runs one more program in a running container: its namespaces, environment, user and limits."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from canarylab.clusters.local.cri import identity, kernel, program, spec, terminal

_NAMESPACES = ("pid", "ipc", "uts", "net", "mnt")


def start(folder: str, pid: int, argv: list[str]) -> int:
    """Forks ``argv`` into the container kept in ``folder`` with first process ``pid``; the child's pid."""
    plan = spec.read_json(f"{folder}/{spec.PLAN}")
    if plan is None:
        raise OSError(f"there is no container in {folder}")
    joined = [os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC) for kind in _NAMESPACES]
    limits = [os.open(f"{cgroup}/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC) for cgroup in plan["cgroups"]]
    kernel.join_descriptor(joined[0])
    child = os.fork()
    if child == 0:
        _become(plan, argv, joined[1:], limits)
    for descriptor in (*joined, *limits):
        os.close(descriptor)
    return child


def _become(plan: dict[str, Any], argv: list[str], namespaces: list[int], limits: list[int]) -> None:
    """In the child; a program that cannot be run ends with a shell's 126 or 127 and says why."""
    try:
        for limit in limits:
            os.write(limit, b"0")
        for descriptor in namespaces:
            kernel.join_descriptor(descriptor)
        if os.isatty(0):
            os.setsid()
            terminal.take(plan["who"]["uid"])
        os.chdir(plan["workdir"])
        identity.assume(plan["who"])
        kernel.die_with_parent()
        program.default_signals()
        error = program.execute(argv, plan["env"])
    except OSError as raised:
        error = raised
    os.write(2, f"{error.strerror or error}\n".encode())
    os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def run(plan: dict[str, Any], outcome: int) -> None:
    """For the spawner: tells ``{"pid"}`` and then ``{"exit"}`` on ``outcome``, one JSON per line; never returns."""
    os.setsid()
    try:
        child = start(plan["folder"], plan["pid"], plan["argv"])
        os.write(outcome, json.dumps({"pid": child}).encode() + b"\n")
        os.write(outcome, json.dumps({"exit": program.exit_code(os.waitpid(child, 0)[1])}).encode() + b"\n")
    except OSError as error:
        os.write(outcome, json.dumps({"error": str(error.strerror or error)}).encode() + b"\n")
    os._exit(0)


def main() -> None:
    """``FOLDER PID -- ARGV...``: for the streaming server, with the caller's standard streams and terminal."""
    folder, pid, _, *argv = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernel.die_with_parent()
    try:
        child = start(folder, int(pid), argv)
    except OSError as error:
        os.write(2, f"{error.strerror or error}\n".encode())
        os._exit(126)
    os._exit(program.exit_code(os.waitpid(child, 0)[1]))
