"""The process that holds a pod's namespaces: network, host name, IPC, and the process ids if they are shared."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

from canarylab.clusters.local.cri import kernel, program, spec

# A pod's programs may bind low ports and send pings without being root, as under other runtimes.
_NETWORK_DEFAULTS = {"net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 0"}


def run(plan: dict[str, Any], outcome: int) -> None:
    """Makes the namespaces, tells the holder's pid on ``outcome``, and stays; never returns."""
    os.setsid()
    try:
        pid = _hold(plan)
    except OSError as error:
        os.write(outcome, json.dumps({"error": str(error)}).encode())
        os._exit(1)
    told = {"holder": pid, "holder_started": kernel.start_time(pid)}
    spec.write_json(f"{plan['folder']}/{spec.STARTED}", told)
    os.write(outcome, json.dumps(told).encode())
    os.close(outcome)
    if pid != os.getpid():
        os._exit(0)
    _stay()


def _hold(plan: dict[str, Any]) -> int:
    flags = 0 if plan["host_network"] else kernel.CLONE_NEWNET | kernel.CLONE_NEWUTS
    flags |= 0 if plan["host_ipc"] else kernel.CLONE_NEWIPC
    flags |= kernel.CLONE_NEWPID if plan["shared_pid"] else 0
    kernel.unshare(flags)
    if not plan["host_network"]:
        kernel.set_hostname(plan["hostname"])
        _write_sysctls(_NETWORK_DEFAULTS, strict=False)
    _write_sysctls(plan["sysctls"], strict=True)
    kernel.set_name("canarylab-pod")
    if not plan["shared_pid"]:
        return os.getpid()
    child = os.fork()
    if child == 0:
        _stay()
    return child


def _write_sysctls(values: dict[str, str], *, strict: bool) -> None:
    for name, value in values.items():
        try:
            with open("/proc/sys/" + name.replace(".", "/"), "w") as file:
                file.write(value)
        except OSError as error:
            if strict:
                raise OSError(error.errno, f"sysctl {name}: {error.strerror}") from error


def _stay() -> None:
    """As the first process of a shared process namespace it also collects what containers leave behind."""
    program.default_signals()
    for descriptor in (0, 1, 2):
        os.dup2(os.open("/dev/null", os.O_RDWR), descriptor)
    os.closerange(3, 64)
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD, signal.SIGTERM))
    while signal.sigwait((signal.SIGCHLD, signal.SIGTERM)) != signal.SIGTERM:
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break
    os._exit(0)
