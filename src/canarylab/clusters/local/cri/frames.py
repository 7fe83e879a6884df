"""The frames of a container's attach socket: one byte of kind, four of length (big-endian), then the payload."""

from __future__ import annotations

import struct
from collections.abc import Iterator

STDIN, STDOUT, STDERR, RESIZE, STDIN_CLOSED, REOPEN_LOG = range(6)
_HEADER = struct.Struct(">BI")


def pack(kind: int, payload: bytes = b"") -> bytes:
    return _HEADER.pack(kind, len(payload)) + payload


class Reader:
    """Cuts what arrives into frames."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        self._pending += data
        while len(self._pending) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._pending)
            end = _HEADER.size + length
            if len(self._pending) < end:
                return
            payload, self._pending = self._pending[_HEADER.size : end], self._pending[end:]
            yield kind, payload
