"""A version is put into a program that is as small as a program can be."""

from __future__ import annotations

import struct

import pytest

from canarylab.clusters.local.cri import goversion

BASE, HEADER = 0x400000, 64 + 56
PLACEHOLDER = "version-placeholder-----"


def program(*, placeholder: str = PLACEHOLDER, header: bool = True, magic: bytes = b"\x7fELF\x02") -> bytes:
    """One loaded segment: the placeholder, then Go's header of it (address, length)."""
    text = placeholder.encode()
    body = text + (struct.pack("<QQ", BASE + HEADER, len(text)) if header else b"")
    elf = bytearray(64)
    elf[: len(magic)] = magic
    struct.pack_into("<Q", elf, 32, 64)
    struct.pack_into("<HH", elf, 54, 56, 1)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, HEADER + len(body), HEADER + len(body), 0)
    return bytes(elf) + segment + body


def read(data: bytes) -> str:
    """The version as the program reads it."""
    address, length = struct.unpack("<QQ", data[-16:])
    return data[address - BASE :][:length].decode()


def test_the_program_reads_the_new_version() -> None:
    stamped = goversion.stamp(program(), PLACEHOLDER, "6.9.2")
    assert read(stamped) == "6.9.2"
    assert len(stamped) == len(program())


def test_a_version_may_be_as_long_as_the_placeholder() -> None:
    assert read(goversion.stamp(program(), PLACEHOLDER, "v" * len(PLACEHOLDER))) == "v" * len(PLACEHOLDER)


@pytest.mark.parametrize(
    ("data", "version", "said"),
    [
        (program(), "v" * 100, "is longer than the placeholder"),
        (program(placeholder="another"), "1", "does not hold the placeholder"),
        (program(header=False), "1", "does not hold the placeholder"),
        (program(magic=b"#!/bin/sh"), "1", "not a 64-bit ELF program"),
    ],
    ids=["too-long", "no-placeholder", "no-header", "no-elf"],
)
def test_what_cannot_be_stamped_is_said(data: bytes, version: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        goversion.stamp(data, PLACEHOLDER, version)
