"""One headless Chromium for all tests of a process, since two of playwright cannot be had at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

# No sandbox, since it cannot be had as root; nothing that looks for hosts of Google's.
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Watched:
    """What a page asked for and said."""

    def __init__(self, page: Any) -> None:
        self.requests: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))


def launched() -> Iterator[Any]:
    """The browser; skips where there is none, and says what is missing."""
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
