"""``python -m canarylab.clusters.local.cri.fakechown PROGRAM ARGS...``: runs a program for which chown succeeds.

In a user namespace of one id every chown to another id fails, and with it the kubelet's preparation of a pod
with runAsUser or fsGroup, and a container's ``tar``. Under this seccomp filter those calls return 0 and do nothing.
"""

from __future__ import annotations

import os
import struct
import sys

from canarylab.clusters.local.cri import kernel

_CALLS = {"x86_64": (92, 93, 94, 260), "aarch64": (55, 54)}  # chown, fchown, lchown, fchownat
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _SUCCEED = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with errno 0


def program(machine: str) -> bytes:
    """The filter for a machine as ``uname`` names it; empty where its call numbers are unknown."""
    numbers = _CALLS.get(machine, ())
    if not numbers:
        return b""
    rows = [(_LOAD, 0, 0, 0)]
    rows += [(_JUMP_IF_EQUAL, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]
    rows += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _SUCCEED)]
    return b"".join(struct.pack("HBBI", *row) for row in rows)


def install() -> None:
    """For this process and its descendants."""
    if code := program(os.uname().machine):
        kernel.install_filter(code)


def main() -> None:
    install()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - what it is for


if __name__ == "__main__":
    main()
