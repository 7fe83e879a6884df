"""The stand-ins for docker, podman and kind, alone on PATH, with a state and a cache of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakekind import Fake


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    monkeypatch.setenv("CANARYLAB_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("CANARYLAB_CACHE", str(tmp_path / "cache"))
    made = Fake(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder))
    monkeypatch.delenv("KIND_EXPERIMENTAL_PROVIDER", raising=False)
    return made
