"""``docs/versions.md`` tells the releases and the historical profile as ``fixtures/versions.yaml`` has them."""

from __future__ import annotations

import re
from pathlib import Path

from canarylab.toolchain import axes, profiles
from canarylab.toolchain.versions import known

PAGE = (Path(__file__).parent.parent / "docs" / "versions.md").read_text()


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its heads."""
    section = re.split(rf"^##+ {re.escape(title)}$", PAGE, flags=re.MULTILINE)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_kubernetes_has_every_profile() -> None:
    newest = profiles.flagger()[0]
    told = [[one.release, one.etcd, one.go, _by(axes.Cell(one.release, newest))] for one in profiles.kubernetes()]
    assert rows("Kubernetes") == told


def _by(cell: axes.Cell) -> str:
    """Who does not support a cell, without the reasons."""
    return ", ".join(words.split()[0] for words in axes.unsupported(cell))


def test_the_table_of_what_was_found_has_releases_of_the_axes() -> None:
    found = {axes.Cell(row[0], row[1]) for row in rows("What was found")}
    assert found
    assert found <= set(axes.every())


def test_the_historical_profile_is_told_whole() -> None:
    told = [row[0] for row in rows("The historical profile")]
    assert told == [f"{part['name']} {part['version']}" for part in known()["historical"]["parts"]]
