"""The CRI's messages, from the api.proto that the toolchain provisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from canarylab import toolchain
from canarylab.clusters.local.cri import proto
from canarylab.clusters.local.cri.proto import Messages
from canarylab.errors import EnvironmentFault

settings.register_profile("no-deadline", deadline=None)  # the machine may be busy with clusters
settings.load_profile("no-deadline")


@pytest.fixture(scope="session")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    try:
        definition = toolchain.installed().asset("cri-api/api.proto")
    except EnvironmentFault as fault:
        pytest.skip(f"the CRI's definition comes with the toolchain: {fault}")
    return proto.load(Path(definition), tmp_path_factory.mktemp("proto"))
