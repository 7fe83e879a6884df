"""Output becomes log lines, and log lines become the same output, however it comes in."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylab.clusters.local.cri import logs
from canarylab.clusters.local.cri.logs import Lines, LogFile

NOW = 1_700_000_000_123_456_789
STAMP = b"2023-11-14T22:13:20.123456789Z"


def entries(text: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """Stream, tag and text of each log line."""
    found = []
    for line in text.splitlines(keepends=True):
        stamp, stream, tag, rest = line.rstrip(b"\n").split(b" ", 3)
        assert stamp == STAMP
        found.append((stream, tag, rest))
    return found


def output(text: bytes) -> bytes:
    """What a reader of the log makes of it: a part is not the end of a line."""
    return b"".join(rest + (b"\n" if tag == b"F" else b"") for _, tag, rest in entries(text))


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    return [data[a:b] for a, b in pairwise(places)]


@given(
    st.lists(st.sampled_from([b"a", b"word ", b"\n", b"x" * 9]), max_size=30).map(b"".join),
    st.lists(st.integers(0, 200), max_size=8),
)
def test_output_survives_any_chunking(data: bytes, cuts: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logs, "LONGEST", 7)
        lines = Lines("stdout")
        text = b"".join(lines.feed(piece, NOW) for piece in cut(data, cuts)) + lines.end(NOW)
        assert output(text) == data
        assert all(len(rest) <= 7 for _, _, rest in entries(text))


def test_a_whole_line_is_written_at_once_and_a_part_only_at_the_end() -> None:
    lines = Lines("stderr")
    assert entries(lines.feed(b"one\ntw", NOW)) == [(b"stderr", b"F", b"one")]
    assert entries(lines.feed(b"o", NOW)) == []
    assert entries(lines.end(NOW)) == [(b"stderr", b"P", b"two")]
    assert lines.end(NOW) == b""


def test_a_long_line_comes_in_parts() -> None:
    text = Lines("stdout").feed(b"x" * (logs.LONGEST + 1) + b"\n", NOW)
    assert [(tag, len(rest)) for _, tag, rest in entries(text)] == [(b"P", logs.LONGEST), (b"F", 1)]


def test_the_file_is_opened_anew_after_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "0.log"
    log = LogFile(str(path))
    log.write(b"old\n")
    path.rename(tmp_path / "0.log.1")
    log.write(b"still old\n")
    log.reopen()
    log.write(b"new\n")
    assert path.read_bytes() == b"new\n"
    assert (tmp_path / "0.log.1").read_bytes() == b"old\nstill old\n"
