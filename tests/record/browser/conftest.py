"""A headless Chromium with the page of a cast in it; where there is none, the tests say what is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "report"))  # for ``rollouts``

import rollouts
from chromium import Watched

from canarylab.record import of_case, page, times
from canarylab.record.page import player


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a rollout that was rolled back."""
    made = of_case.compose(rollouts.ROLLED_BACK)
    file = tmp_path_factory.mktemp("page") / "a.html"
    file.write_text(page.render(made.cast, times.of(made), player.find()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def shown(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The page, opened; ``watched`` has what it did."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.watched = Watched(opened)
    opened.goto(address)
    opened.wait_for_selector("#player .ap-player, #player .ap-wrapper")
    yield opened
    context.close()
