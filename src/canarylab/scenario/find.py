"""Which files are meant by a word: a file, a folder, or the name of a scenario in the folder ``scenarios``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from canarylab.errors import UsageError
from canarylab.problem import nearest

FOLDER = "scenarios"
MODELINE = "# yaml-language-server: $schema="
SUFFIXES = (".yaml", ".yml")


def files(words: Iterable[str], here: Path | None = None) -> list[Path]:
    """The files of all words, each once; UsageError for a word that means none, with the nearest right one."""
    root = here or Path.cwd()
    found: dict[Path, None] = {}
    for word in words:
        found |= dict.fromkeys(_files(word, root))
    return list(found)


def _files(word: str, root: Path) -> list[Path]:
    path = root / word
    if path.is_dir():
        inside = folder(path)
        if not inside:
            raise UsageError(f"no scenario lies in the folder {word}", next_step="scenarios are files NAME.yaml in it")
        return inside
    if path.is_file():
        return [path]
    named = {one.stem: one for one in folder(root / FOLDER)}
    if word not in named:
        what = f"there is no file, folder or scenario {word!r}"
        raise UsageError(what, where=str(root / FOLDER), next_step=nearest(word, named) if named else "name a file")
    return [named[word]]


def folder(path: Path) -> list[Path]:
    """The scenarios of a folder; what lies deeper is for them to use, such as manifests."""
    return sorted(one for one in path.iterdir() if is_scenario(one)) if path.is_dir() else []


def is_scenario(path: Path) -> bool:
    """Whether a file is one: every YAML file of a folder ``scenarios``, elsewhere those that name the schema."""
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    return path.parent.name == FOLDER or names_schema(path)


def names_schema(path: Path) -> bool:
    """Whether a file's first line names the schema of scenarios."""
    with path.open(errors="replace") as file:
        first = file.readline()
    return first.startswith(MODELINE) and "scenario.schema.json" in first
