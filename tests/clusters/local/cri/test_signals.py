"""Signals by every name that an image or a pod may give them."""

from __future__ import annotations

import signal

import pytest

from canarylab.clusters.local.cri import signals


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("SIGTERM", signal.SIGTERM),
        ("INT", signal.SIGINT),
        ("9", signal.SIGKILL),
        ("SIGRTMIN", signal.SIGRTMIN),
        ("SIGRTMIN+3", signal.SIGRTMIN + 3),
        ("SIGRTMINPLUS3", signal.SIGRTMIN + 3),
        ("RTMAX-2", signal.SIGRTMAX - 2),
        ("SIGRTMAXMINUS2", signal.SIGRTMAX - 2),
    ],
)
def test_names(name: str, number: int) -> None:
    assert signals.number(name) == number


@pytest.mark.parametrize("name", ["", "SIGNOTHING", "99", "SIGRTMIN+99", "SIGRTMIN+x"])
def test_what_is_no_signal(name: str) -> None:
    with pytest.raises(ValueError, match="is no signal"):
        signals.number(name)
