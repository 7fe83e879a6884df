"""Terminals of containers: made in the container's own devpts, and given to the process that leads its session."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import termios

_TIOCSPTLCK, _TIOCGPTPEER = 0x40045431, 0x5441
_FLAGS = os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC


def make() -> tuple[int, int]:
    """A new terminal of this mount namespace: the end that is read and written from outside, and the program's."""
    ours = os.open("/dev/ptmx", _FLAGS)
    fcntl.ioctl(ours, _TIOCSPTLCK, struct.pack("i", 0))
    return ours, fcntl.ioctl(ours, _TIOCGPTPEER, _FLAGS)


def take(uid: int) -> None:
    """Makes the terminal on standard input its user's, and the controlling one of this process' session."""
    with contextlib.suppress(OSError):  # an id that is not mapped
        os.fchown(0, uid, -1)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def resize(ours: int, width: int, height: int) -> None:
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
