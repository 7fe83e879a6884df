"""A real terminal with a shell in it: bash on a pty of a fixed size, in PID and mount namespaces of its own.

The shell's prompts carry the marks of OSC 133 (A prompt, B what is typed, C what comes of it, D the exit code; P and Q
of ours are A and B of a line that goes on), so that the end of each command and its exit code are known exactly.
When whoever plays the demo dies, by whatever signal, the kernel ends the shell and everything below it.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from canarylab.clock import Clock, SystemClock
from canarylab.errors import EnvironmentFault
from canarylab.process import namespaces
from canarylab.record.capture import Chunk

COLUMNS, ROWS = 100, 29
_END_BOUND = 10.0  # seconds from SIGKILL to the end of the last process
_READ = 1 << 16
MARKS = re.compile(r"\x1b\]133;([ABCDPQ])(?:;(\d+))?\x07")
# Nothing is the user's: no history, no colours of a prompt, no completion that rings.
_RC = r"""
bind 'set enable-bracketed-paste off' 'set bell-style none' 'set disable-completion on'
set +H
unset HISTFILE MAILCHECK
PS1='\[\e]133;A\a\]$ \[\e]133;B\a\]'
PS2='\[\e]133;P\a\]> \[\e]133;Q\a\]'
PS0='\e]133;C\a'
PROMPT_COMMAND='printf "\e]133;D;%s\a" "$?"'
"""
_PASSED = ("PATH", "HOME", "USER", "VIRTUAL_ENV", "CANARYLAB_CACHE", "XDG_CACHE_HOME")
_FIXED = {
    "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "SHELL": "/bin/bash", "PAGER": "cat",
    "INPUTRC": "/dev/null",
}  # fmt: skip


def environment(own: Mapping[str, str], caller: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The shell's variables: what any program needs, what is fixed, and ``own``."""
    return {name: caller[name] for name in _PASSED if name in caller} | _FIXED | dict(own)


def contained(argv: list[str]) -> list[str]:
    """``argv`` as PID 1 of a namespace of its own: it dies with the caller, and everything below it with it."""
    user = [] if namespaces.is_root() else ["--user", "--map-current-user"]
    spaces = ["unshare", *user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"]
    return ["setpriv", "--pdeathsig", "KILL", "--", *spaces, *argv]


class Terminal:
    """The terminal, for the length of a ``with`` block. ``variables`` are the shell's whole environment."""

    def __init__(self, variables: Mapping[str, str], folder: Path, clock: Clock | None = None) -> None:
        self.chunks: list[Chunk] = []
        self._clock = clock or SystemClock()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._home = tempfile.TemporaryDirectory(prefix="canarylab-record-")
        self._shell, self._master = self._start(variables, folder)

    def _start(self, variables: Mapping[str, str], folder: Path) -> tuple[subprocess.Popen[bytes], int]:
        rc = Path(self._home.name) / "rc"
        rc.write_text(_RC)
        # In the shell's PID namespace every process outside looks dead, and so would every cluster and every fault.
        state = {"CANARYLAB_STATE": f"{self._home.name}/state"}
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        try:
            # A recorder may have been started deaf to signals (behind `&` to control-C), and so would be what it plays.
            signals = ["env", "--default-signal"]
            argv = contained(["setsid", "--ctty", *signals, "bash", "--noprofile", "--rcfile", str(rc), "-i"])
            shell = subprocess.Popen(
                argv, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env={**variables, **state}
            )
        except OSError as error:
            os.close(master)
            raise EnvironmentFault(
                f"no shell can be started: {error}", next_step="install util-linux and bash"
            ) from error
        finally:
            os.close(slave)
        return shell, master

    def read(self, seconds: float) -> str | None:
        """What comes within so many seconds, empty if nothing does; None when the shell has ended."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return ""
        try:
            data = os.read(self._master, _READ)
        except OSError:  # EIO: nobody has the other side open
            data = b""
        if not data:
            return None
        text = self._decoder.decode(data)
        self.chunks.append(Chunk(self._clock.monotonic(), text))
        return text

    def write(self, text: str) -> None:
        """Presses keys; they are lost when the shell has ended, which the next reading tells."""
        with contextlib.suppress(OSError):
            os.write(self._master, text.encode())

    def program(self) -> bytes:
        """The command line of the process that the terminal's keys go to; empty when it has just ended."""
        with contextlib.suppress(OSError):
            return Path(f"/proc/{os.tcgetpgrp(self._master)}/cmdline").read_bytes()
        return b""

    def exit_code(self) -> int | None:
        """The shell's, when it has ended."""
        try:
            return self._shell.wait(timeout=_END_BOUND)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """Ends the shell and everything below it, and returns when none of them holds the terminal any more."""
        self._shell.kill()
        self._shell.wait(timeout=_END_BOUND)
        while self.read(_END_BOUND):
            pass
        os.close(self._master)
        self._home.cleanup()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
