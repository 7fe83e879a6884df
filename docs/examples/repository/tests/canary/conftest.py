"""The application under test: the files that deploy it, and its users."""

from pathlib import Path

import pytest
from canarylab.journey import Application, Crowd

ROOT = Path(__file__).parents[2]
FILES = (
    ROOT / "deploy/greeter.yaml",
    ROOT / "deploy/canary.yaml",
)
USERS = Crowd(
    path="/",
    pod="from ([a-z0-9-]+)",
)


@pytest.fixture
def app(namespace: str) -> Application:
    """The application with its canary, in the test's own namespace."""
    return Application.read(
        FILES,
        namespace,
        container="greeter",
        crowds=[USERS],
    )
