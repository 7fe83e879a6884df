"""Frames arrive as they were sent, however the socket cuts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from canarylab.clusters.local.cri import frames

FRAMES = st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=40)), max_size=8)


@given(FRAMES, st.integers(1, 50))
def test_frames_survive_any_chunking(sent: list[tuple[int, bytes]], size: int) -> None:
    stream = b"".join(frames.pack(kind, payload) for kind, payload in sent)
    reader, seen = frames.Reader(), []
    for at in range(0, len(stream), size):
        seen += reader.feed(stream[at : at + size])
    assert seen == sent


def test_a_frame_is_kind_length_and_payload() -> None:
    assert frames.pack(frames.STDOUT, b"hello") == b"\x01\0\0\0\x05hello"
