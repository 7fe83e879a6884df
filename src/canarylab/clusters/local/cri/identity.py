"""Who a container's program runs as: user, groups and capabilities, as far as this user namespace has them."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from canarylab.clusters.local.cri import fakechown, kernel

CAPABILITIES = (
    "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
    "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
    "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
    "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
    "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
    "CHECKPOINT_RESTORE",
)  # fmt: skip
# What container engines leave to a container, without MKNOD: no device cgroup stands behind us.
DEFAULT = (
    "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
    "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
)  # fmt: skip


def capabilities(add: list[str], drop: list[str], *, privileged: bool) -> list[str]:
    """The capabilities that a container keeps."""
    if privileged:
        return list(CAPABILITIES)
    adding, dropping = ({name.removeprefix("CAP_").upper() for name in names} for names in (add, drop))
    kept = set(CAPABILITIES) if "ALL" in adding else set() if "ALL" in dropping else set(DEFAULT)
    kept = (kept | adding) - dropping
    return [name for name in CAPABILITIES if name in kept]


def assume(who: dict[str, Any]) -> None:
    """Becomes ``who``: bounding set, groups, ids, no_new_privs; ends with the parent from here on."""
    for number, name in enumerate(CAPABILITIES):
        if name not in who["capabilities"]:
            with contextlib.suppress(OSError):  # a capability that this kernel does not know
                kernel.prctl(kernel.PR_CAPBSET_DROP, number)
    if who["real"]:
        os.setgroups(who["groups"])
        os.setresgid(who["gid"], who["gid"], who["gid"])
        os.setresuid(who["uid"], who["uid"], who["uid"])
    else:
        fakechown.install()  # archives and installers run as root and give files to whoever owned them
    if who["no_new_privs"]:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
