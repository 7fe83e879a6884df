"""Revisions of greeter, each shipped by the real Flagger."""

import os

import pytest
from canarylab.journey import Change, Journey

# The next revision's tag; where images are pulled, there has to be one that has it.
TAG = os.environ.get("CANARY_TAG", "2")


@pytest.mark.canary
def test_a_good_revision_is_promoted(canary: Journey) -> None:
    """Every weight in turn, no failed check, and no user sees an error."""
    outcome = canary.ship(Change(tag=TAG))
    outcome.assert_promoted()
