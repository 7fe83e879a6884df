"""Linux namespaces for a cluster: the command that makes them, and whether this machine allows it.

Network, mount and PID namespaces, inside a user namespace when the caller is not root. util-linux's unshare
makes them, because it also ties the child's life to its own (``--kill-child``, PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from canarylab.errors import EnvironmentFault

_BOUND = 30.0  # seconds for what takes a few milliseconds on a machine at rest
# A sysctl below /proc/sys, the value that forbids, and how to allow them.
_HOW_TO_ALLOW = {
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "AppArmor forbids them (Ubuntu 23.10 and later): "
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run as root",
    ),
    "kernel/unprivileged_userns_clone": (
        "0",
        "the kernel forbids them to users: sudo sysctl kernel.unprivileged_userns_clone=1, or run as root",
    ),
    "user/max_user_namespaces": (
        "0",
        "none may be made: sudo sysctl user.max_user_namespaces=15000, or run as root",
    ),
}


def is_root() -> bool:
    """Whether namespaces can be made without a user namespace around them."""
    return os.geteuid() == 0


def command(argv: list[str]) -> list[str]:
    """``argv`` as PID 1 of namespaces of its own; it and all below it die with the process returned."""
    unshare = shutil.which("unshare")
    if unshare is None:
        raise EnvironmentFault("the program unshare is missing", next_step="install util-linux")
    user = [] if is_root() else ["--user", "--map-root-user"]
    kinds = ["--net", "--mount", "--pid", "--ipc", "--uts"]
    return [unshare, *user, *kinds, "--fork", "--kill-child", "--mount-proc", "--", *argv]


def why_forbidden(sysctls: Path = Path("/proc/sys")) -> str:
    """What on this machine forbids namespaces, and how to allow them, in words."""
    for name, (forbidding, words) in _HOW_TO_ALLOW.items():
        try:
            if (sysctls / name).read_text().strip() == forbidding:
                return words
        except OSError:
            continue
    return "in a container: run it with --security-opt seccomp=unconfined, or as root outside of one"


def complaint(argv: list[str]) -> str:
    """Runs ``argv`` in such namespaces, for a moment; what it complained of, empty if it ended well."""
    try:
        ran = subprocess.run(command(argv), capture_output=True, text=True, check=False, timeout=_BOUND)
    except subprocess.TimeoutExpired:
        return f"no answer within {_BOUND:.0f} s"
    if ran.returncode == 0:
        return ""
    return (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}, without a word"])[-1]


def require() -> None:
    """Makes the namespaces once; raises EnvironmentFault where that is not allowed."""
    complained = complaint(["true"])
    if complained:
        raise EnvironmentFault(
            f"namespaces are not allowed here: {complained}",
            where="unshare",
            next_step=why_forbidden(),
        )
