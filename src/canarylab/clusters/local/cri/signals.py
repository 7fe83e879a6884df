"""Signals by the names of images and pods: ``SIGTERM``, ``TERM``, ``15``, ``SIGRTMIN+3``, ``SIGRTMINPLUS3``."""

from __future__ import annotations

import re
import signal

_REAL_TIME = re.compile(r"(SIGRTMIN|SIGRTMAX)(?:(\+|PLUS|-|MINUS)(\d+))?")


def number(name: str) -> int:
    """The signal's number; ValueError where there is none of that name."""
    if name.isdigit():
        return _checked(int(name), name)
    full = name if name.startswith("SIG") else f"SIG{name}"
    if found := _REAL_TIME.fullmatch(full):
        base, sign, offset = found.groups()
        shift = int(offset or 0) * (-1 if sign in ("-", "MINUS") else 1)
        return _checked(signal.Signals[base] + shift, name)
    try:
        return int(signal.Signals[full])
    except KeyError:
        raise ValueError(f"{name} is no signal") from None


def _checked(found: int, name: str) -> int:
    if 0 < found <= signal.SIGRTMAX:
        return found
    raise ValueError(f"{name} is no signal")
