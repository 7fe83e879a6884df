"""A headless Chromium with the page of a cast in it; where there is none, the tests say what is missing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "report"))  # for ``rollouts``

import rollouts

from canarylab.record import of_case, page, times
from canarylab.record.page import player

_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Watched:
    """What a page asked for and said."""

    def __init__(self, opened: Any) -> None:
        self.requests: list[str] = []
        self.said: list[str] = []
        opened.on("request", lambda request: self.requests.append(request.url))
        opened.on("console", lambda message: self.said.append(message.text))
        opened.on("pageerror", lambda error: self.said.append(str(error)))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium here; looked for {', '.join(_NAMES)} on PATH")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a rollout that was rolled back."""
    made = of_case.compose(rollouts.ROLLED_BACK)
    file = tmp_path_factory.mktemp("page") / "a.html"
    file.write_text(page.render(made.cast, times.of(made), player.find()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def shown(chromium: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The page, opened; ``watched`` has what it did."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    opened.watched = Watched(opened)
    opened.goto(address)
    opened.wait_for_selector("#player .ap-player, #player .ap-wrapper")
    yield opened
    context.close()
