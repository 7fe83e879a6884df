"""Writes a project's files; what would overwrite others is refused before the first of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from canarylab.errors import UsageError


def write(root: Path, texts: Mapping[str, str], *, force: bool = False) -> None:
    """Writes each text to its path below ``root``. UsageError names the files that are there, unless ``force``."""
    there = [name for name in texts if (root / name).exists()]
    if there and not force:
        what = f"{len(there)} of the files {'is' if len(there) == 1 else 'are'} there already: {', '.join(there)}"
        raise UsageError(what, where=str(root), next_step="move them away, or overwrite them with --force")
    try:
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
    except OSError as error:
        what = f"the folder cannot be written: {error.strerror}"
        raise UsageError(what, where=os.fspath(error.filename or root), next_step="choose another FOLDER") from error
