"""A slow revision: each answer takes 0.7 s, and Flagger rolls it back for its duration alone."""

from __future__ import annotations

import pytest

from canarylab.journey import Application, Change, Journey

SLOW = Change(
    tag="6.9.1",
    arguments=("--random-delay=true", "--random-delay-unit=ms", "--random-delay-min=700", "--random-delay-max=750"),
)


@pytest.fixture
def app(strict: Application) -> Application:
    return strict


@pytest.mark.canary
def test_a_slow_revision_is_rolled_back(canary: Journey) -> None:
    canary.ship(SLOW).assert_rolled_back("request duration", "> 500ms", "Canary failed!")
