"""A canary of many small steps on a cluster of its own, whose parts a test kills while it goes on."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from canarylab import stack
from canarylab.clusters.local import registry
from canarylab.journey import Journey
from canarylab.journey.application import podinfo
from canarylab.stack import Stack


@pytest.fixture
def own(request: pytest.FixtureRequest, report_dir: Path) -> Iterator[Stack]:
    """A stack that no other test uses; its logs stay in the report folder."""
    name = re.sub("[^a-z0-9]+", "-", request.node.name.lower())[-26:].strip("-")
    marker = request.node.get_closest_marker("mesh")
    with stack.running(f"{name}-{os.getpid()}", mesh=marker.args[0] if marker else "istio") as up:
        logs = registry.find(up.cluster.name).files.logs
        try:
            yield up
        finally:
            shutil.copytree(logs, report_dir / "logs", symlinks=True)


@pytest.fixture
def patient(own: Stack, report_dir: Path) -> Iterator[Journey]:
    """Weights of two in a hundred up to 50, and so many failed checks allowed that none of them decides."""
    many = podinfo("patient").but(progressDeadlineSeconds=300, analysis={"stepWeight": 2, "threshold": 100})
    own.cluster.kubectl("create", "namespace", "patient")
    journey = Journey(own, many, report_dir)
    yield journey
    journey.stop()
