"""A good revision: Flagger promotes it step by step, and no user notices."""

from __future__ import annotations

import pytest

from canarylab.journey import Change, Journey


@pytest.mark.canary
def test_a_good_revision_is_promoted_step_by_step(canary: Journey) -> None:
    outcome = canary.ship(Change(tag="6.9.1"))
    outcome.assert_promoted()
