"""Gives a Go program's version variable another text, without building it again.

The linker sets the variable with ``-X pkg.VERSION=PLACEHOLDER``: its bytes stand in the read-only data, and a
header (address, length) in the data. Both are patched, so that the program reads exactly the new text.
"""

from __future__ import annotations

import re
import struct

_LOAD = 1  # PT_LOAD


def stamp(program: bytes, placeholder: str, version: str) -> bytes:
    """``program`` with ``version`` in place of ``placeholder``; ValueError where that cannot be done."""
    old, new = placeholder.encode(), version.encode()
    if len(new) > len(old):
        raise ValueError(f"the version {version!r} is longer than the placeholder's {len(old)} bytes")
    found = False
    for at in _all(program, old):  # the build's own record of its flags may hold it as well, without a header
        address = _address(program, at)
        header = struct.pack("<QQ", address, len(old))
        if header in program:
            found = True
            program = program[:at] + new.ljust(len(old), b"\0") + program[at + len(old) :]
            program = program.replace(header, struct.pack("<QQ", address, len(new)))
    if not found:
        raise ValueError("the program does not hold the placeholder: it was built without it")
    return program


def _all(program: bytes, text: bytes) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(text), program)]


def _address(program: bytes, offset: int) -> int:
    """Where a byte of an ELF file is in memory."""
    if program[:5] != b"\x7fELF\x02":
        raise ValueError("not a 64-bit ELF program")
    (table,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    for number in range(count):
        kind, _, start, address, _, length = struct.unpack_from("<IIQQQQ", program, table + number * size)
        if kind == _LOAD and start <= offset < start + length:
            return int(address + offset - start)
    raise ValueError("the placeholder is not loaded into memory")
