"""A headless Chromium, and the page of a report in it; where there is none, the tests say what is missing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))  # for ``rollouts``

import rollouts

from canarylab.report import files

# No sandbox, since it cannot be had as root; nothing that looks for hosts of Google's.
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome")

Open = Callable[..., Any]


class Watched:
    """What a page asked for and said."""

    def __init__(self, page: Any) -> None:
        self.requests: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
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
