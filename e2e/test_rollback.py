"""A bad revision: its page answers HTTP 500, Flagger rolls it back, and most users are spared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canarylab.journey import Application, Change, Journey
from canarylab.journey.application import BROWSERS, podinfo

# podinfo renders the page that browsers get from a template, which is not there: HTTP 500 for every user, while its
# probes and its API, which the load tester asks, are content. (Were all answers 500, Flagger would find "no values":
# its query for the good ones would be empty.)
BROKEN_PAGE = Change(tag="6.9.1", arguments=("--ui-path=/nowhere",))


@pytest.fixture
def app(namespace: str) -> Application:
    return replace(podinfo(namespace), crowds=(BROWSERS,))


@pytest.mark.canary
def test_a_revision_that_answers_500_is_rolled_back(canary: Journey) -> None:
    outcome = canary.ship(BROKEN_PAGE)
    outcome.assert_rolled_back("success rate", "Canary failed!")
