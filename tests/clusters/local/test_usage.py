"""Memory of a cluster's programs is told with the largest first, and adds up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from canarylab.clusters.local import usage
from canarylab.clusters.local.usage import Usage

MIB = 2**20


def test_the_programs_that_take_most_are_named_and_the_rest_is_added_up() -> None:
    used = {"etcd": Usage(1.0, 30 * MIB), "kubelet": Usage(2.0, 70 * MIB), "envoy": Usage(0.5, 5 * MIB)}
    assert usage.memory(used, most=2) == "105 MiB: kubelet 70, etcd 30, others 5"
    assert usage.memory(used) == "105 MiB: kubelet 70, etcd 30, envoy 5"


def test_a_process_and_its_children_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Here:
        def process(self) -> int:
            return os.getpid()

    monkeypatch.setattr(usage.registry, "find", lambda _: Here())
    own = usage.of("here")[Path("/proc/self/comm").read_text().strip()]
    assert own.seconds > 0
    assert own.memory > MIB


def test_a_cluster_that_does_not_run_uses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def process(self) -> None:
            return None

    monkeypatch.setattr(usage.registry, "find", lambda _: Gone())
    assert usage.of("gone") == {}
    assert usage.memory({}) == "0 MiB: "
