"""A headless Chromium, and the page of a report in it; where there is none, the tests say what is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))  # for ``rollouts``

import rollouts
from chromium import Watched

from canarylab.report import files

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page's address."""
    return files.write(rollouts.REPORT, tmp_path_factory.mktemp("report")).as_uri()


@pytest.fixture
def open_page(browser: Any, written: str) -> Iterator[Open]:
    """Opens the page, as wide as is said, in light or dark; ``page.watched`` has what it did."""
    contexts: list[Any] = []

    def opened(width: int = 1200, scheme: str = "light") -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.watched = Watched(page)
        page.goto(written)
        return page

    yield opened
    for one in contexts:
        one.close()
