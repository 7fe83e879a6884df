"""The pytest plugin: markers, options and fixtures; loaded by its entry point."""

from __future__ import annotations

import pytest

MARKERS = {
    "canary": "a journey: one rollout by the real Flagger on a real cluster",
    "cluster(name)": "the rungs that this test runs on",
    "mesh(name)": "the meshes that this test runs on",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
