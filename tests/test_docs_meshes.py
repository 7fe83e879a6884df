"""docs/meshes.md shows every provider, and each has its page; ``REGENERATE=1`` writes the table anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from canarylab.meshes import providers
from canarylab.meshes.provider import AB, BLUE_GREEN, CANARY, MIRROR, Provider

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "meshes.md"
BETWEEN = re.compile(r"(?<=<!-- providers -->\n).*?(?=<!-- /providers -->)", re.DOTALL)
_STRATEGIES = (CANARY, AB, BLUE_GREEN, MIRROR)


def page(one: Provider) -> str:
    """The versions of an API share one."""
    return f"meshes/{one.name.partition(':')[0]}.md"


def table() -> str:
    heads = ("provider", "", "data plane", *_STRATEGIES, "what carries the traffic")
    rows = [_row(one) for one in providers.every().values()]
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(one: Provider) -> tuple[str, ...]:
    marks = ("yes" if name in one.strategies else "" for name in _STRATEGIES)
    return (f"[`{one.name}`]({page(one)})", one.title, one.plane.value, *marks, one.about)


def test_the_table_shows_every_provider() -> None:
    text = PAGE.read_text()
    wanted = BETWEEN.sub(lambda _: table(), text)
    if os.environ.get("REGENERATE"):
        PAGE.write_text(wanted)
    assert PAGE.read_text() == wanted


@pytest.mark.parametrize("name", sorted({page(one) for one in providers.every().values()}))
def test_every_provider_has_its_page(name: str) -> None:
    assert (DOCS / name).is_file()
