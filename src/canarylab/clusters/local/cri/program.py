"""The last steps of a forked process: it becomes a container's program, or tells on a pipe why it cannot."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Mapping

_FIXED = {signal.SIGKILL, signal.SIGSTOP}  # whose meaning cannot be changed


def default_signals() -> None:
    """Python ignores some signals, whoever started us may ignore others (nohup), and exec changes none of it."""
    for number in signal.valid_signals() - _FIXED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def candidates(name: str, path: str) -> list[str]:
    """Where a program may stand, as a shell looks for it."""
    return [name] if "/" in name else [f"{folder or '.'}/{name}" for folder in path.split(":")]


def execute(argv: list[str], env: Mapping[str, str]) -> OSError:
    """Becomes the program; returns only the error that says why not."""
    found: OSError | None = None
    for candidate in candidates(argv[0], env.get("PATH", "")):
        try:
            os.execve(candidate, argv, env)  # noqa: S606 - what a runtime does
        except OSError as error:
            if found is None or error.errno not in (errno.ENOENT, errno.ENOTDIR):
                found = error
    if found is None or found.errno == errno.ENOENT:
        where = f"{argv[0]}: no such file or directory" if "/" in argv[0] else "executable file not found in $PATH"
        return OSError(errno.ENOENT, f'exec "{argv[0]}": {where}')
    return OSError(found.errno or errno.EIO, f'exec "{argv[0]}": {found.strerror}')


def exit_code(status: int) -> int:
    """A wait status as a shell tells it: 128 + signal for a killed process."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
