"""A toolchain folder's ``manifest.json``: what was built into it, so that a later run need not look twice.

A file counts that exists with the size that was recorded; the hash is there for reports.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from canarylab.toolchain.storage import write_atomically


@dataclass(frozen=True)
class Built:
    """One file in ``bin/``."""

    size: int
    sha256: str
    version: str
    package: str


@dataclass(frozen=True)
class Manifest:
    """What a toolchain folder holds: files of ``bin/``, folders of ``share/``, and what made them."""

    go: str = ""
    built: dict[str, Built] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)

    def has(self, folder: Path, file: str) -> bool:
        """Whether ``bin/file`` is there, as large as recorded."""
        try:
            return file in self.built and (folder / "bin" / file).stat().st_size == self.built[file].size
        except OSError:
            return False


def load(folder: Path) -> Manifest:
    """The folder's manifest; an empty one if there is none that can be read."""
    try:
        raw = json.loads((folder / "manifest.json").read_text())
        built = {name: Built(**entry) for name, entry in raw["built"].items()}
        return Manifest(raw["go"], built, dict(raw["assets"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Manifest()


def save(folder: Path, manifest: Manifest) -> None:
    """Replaces the folder's manifest in one step."""
    write_atomically(folder / "manifest.json", json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n")


def sha256(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
