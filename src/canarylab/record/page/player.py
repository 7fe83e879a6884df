"""The asciinema player, as an installed package carries it: put into pages when they are made, never kept here."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault

PACKAGES = ("mkdocs-asciinema-player", "sphinxcontrib-asciinema")
_SCRIPT = re.compile(r"asciinema-player([_-][\d.]+)?(\.min)?\.js")
_STYLE = re.compile(r"asciinema-player([_-][\d.]+)?(\.min)?\.css")


@dataclass(frozen=True)
class Player:
    """Its script, which begins with its licence, and its style; ``origin`` names what they come from."""

    script: str
    style: str
    origin: str


def find(folder: Path | None = None) -> Player:
    """From a folder such as npm's ``dist/bundle``, else from the first package that is installed; EnvironmentFault."""
    if folder is not None:
        return _player(list(folder.iterdir()) if folder.is_dir() else [], str(folder))
    for name in PACKAGES:
        if files := list(_files(name)):
            return _player(files, f"{name} {importlib.metadata.version(name)}")
    return _player([], f"any of {', '.join(PACKAGES)}")


def _files(package: str) -> Iterator[Path]:
    try:
        files = importlib.metadata.files(package) or ()
    except importlib.metadata.PackageNotFoundError:
        return
    yield from (Path(str(one.locate())) for one in files)


def _player(files: list[Path], origin: str) -> Player:
    """The smallest of each kind: a package may carry the same with and without spaces."""
    found = [[one for one in files if kind.fullmatch(one.name) and one.is_file()] for kind in (_SCRIPT, _STYLE)]
    if not all(found):
        raise EnvironmentFault(
            f"the asciinema player is not in {origin}",
            next_step=f"pip install {PACKAGES[0]}, or name a folder that has it with --player",
        )
    script, style = (min(each, key=lambda one: one.stat().st_size).read_text(encoding="utf-8") for each in found)
    return Player(script, style, origin)
