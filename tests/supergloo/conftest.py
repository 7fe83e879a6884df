"""An API server with faults, and a kubeconfig of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from kubernetes import client


@pytest.fixture
def kubeconfig(api: client.ApiClient, tmp_path: Path) -> Path:
    file = tmp_path / "kubeconfig"
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": api.configuration.host}}],
        "users": [{"name": "test", "user": {"token": "none"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    }
    file.write_text(yaml.safe_dump(whole))
    return file
