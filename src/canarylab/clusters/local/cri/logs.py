"""A container's output in the CRI's log format: ``TIME STREAM F|P TEXT``, one line each, nanoseconds in TIME."""

from __future__ import annotations

import contextlib
import os
import time

LONGEST = 16 * 1024  # bytes; a longer line is split into parts marked P, as other runtimes do


def stamp(nanoseconds: int) -> bytes:
    """RFC 3339 with nanoseconds, in UTC."""
    seconds, rest = divmod(nanoseconds, 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)).encode() + b".%09dZ" % rest


class Lines:
    """Cuts one stream into log lines; what has no newline yet is kept until it has, or the stream ends."""

    def __init__(self, stream: str) -> None:
        self._stream = stream.encode()
        self._pending = b""

    def feed(self, data: bytes, now: int) -> bytes:
        """The log text of what is complete."""
        *whole, self._pending = (self._pending + data).split(b"\n")
        text = b"".join(self._line(line, now) for line in whole)
        while len(self._pending) > LONGEST:
            part, self._pending = self._pending[:LONGEST], self._pending[LONGEST:]
            text += self._entry(b"P", part, now)
        return text

    def end(self, now: int) -> bytes:
        """The rest, when the stream has ended: a part, so that a reader adds no newline that was never written."""
        rest, self._pending = self._pending, b""
        return self._entry(b"P", rest, now) if rest else b""

    def _line(self, line: bytes, now: int) -> bytes:
        text = b""
        while len(line) > LONGEST:
            text += self._entry(b"P", line[:LONGEST], now)
            line = line[LONGEST:]
        return text + self._entry(b"F", line, now)

    def _entry(self, tag: bytes, text: bytes, now: int) -> bytes:
        return b" ".join((stamp(now), self._stream, tag, text)) + b"\n"


class LogFile:
    """The file itself, which the kubelet rotates by renaming it and asking to open it anew."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1
        self.reopen()

    def reopen(self) -> None:
        if not self._path:
            return
        new = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        old, self._descriptor = self._descriptor, new
        if old >= 0:
            os.close(old)

    def write(self, text: bytes) -> None:
        """A full disk loses the text, not the container."""
        with contextlib.suppress(OSError):
            while text and self._descriptor >= 0:
                text = text[os.write(self._descriptor, text) :]
