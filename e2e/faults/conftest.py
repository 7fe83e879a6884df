"""The stages of faults: one on the run's cluster for all tests of a file, one on a cluster of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import Stages, prepare

from canarylab import stack
from canarylab.journey import Journey
from canarylab.stack import Stack


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    """Those that the tests of a file have in common."""
    made = Stages()
    yield made
    made.leave()


@pytest.fixture
def staged(stack: Stack, stages: Stages, report_dir: Path) -> Journey:
    """podinfo behind the mesh, as ``stage`` says, on the cluster that all tests share."""
    return stages.on(stack, report_dir)


@pytest.fixture
def alone(report_dir: Path) -> Iterator[Journey]:
    """The same, on a cluster that no other test uses."""
    with stack.running(f"faults-{os.getpid()}") as up:
        journey = prepare(up, "shop", report_dir)
        yield journey
        journey.stop()
