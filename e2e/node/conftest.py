"""Fixtures of the node's contract: pods in a namespace of the test's own, on the cluster that the run shares.

A case that disturbs the node, or needs a file of images, has a small cluster of its own: no mesh, no Flagger.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from canarylab import toolchain
from canarylab.clusters.local import cluster as local
from canarylab.clusters.local.cluster import LocalCluster
from canarylab.process.lifeline import Lifeline
from canarylab.toolchain import Toolset
from node.pods import Pods, until


@pytest.fixture
def pods(cluster: LocalCluster, namespace: str) -> Pods:
    return settled(Pods(cluster, namespace))


def settled(pods: Pods) -> Pods:
    """A namespace takes pods once its default account is there."""
    until(lambda: pods.look("serviceaccounts", fieldSelector="metadata.name=default")["items"])
    return pods


@contextmanager
def running(name: str, *images: Path, toolset: Toolset | None = None) -> Iterator[LocalCluster]:
    life, given = Lifeline(), toolset or toolchain.installed()
    try:
        up = local.start(f"{name}-{os.getpid()}", given, images=images, lifeline=life.read_end)
        try:
            yield up
        finally:
            up.stop()
    finally:
        life.close()


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Callable[..., Pods]]:
    """Starts a cluster of the module's own, with files of images if they are given, and ends it afterwards."""
    with ExitStack() as stack:
        yield lambda name, *images: settled(Pods(stack.enter_context(running(name, *images)), "default"))
