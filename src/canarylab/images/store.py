"""Pieces of images by their digests, and unpacked roots, in the cache: made once, whole or not at all, and shared.

Whoever makes a piece holds its lock, and others who want it wait; what a killed run left half-made is begun anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock

from canarylab.images import layers
from canarylab.images.manifest import Blob


class Store:
    """``blobs/sha256/HEX`` as they came, ``roots/KEY/root`` for an image's file system, ``tags`` for what tags meant.

    With ``owners`` (as root) users and groups of images are real; roots without are another user's view, kept apart.
    """

    def __init__(self, folder: Path, *, owners: bool) -> None:
        self._owners = owners
        self._blobs, self._roots, self._tags = folder / "blobs" / "sha256", folder / "roots", folder / "tags"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in (self._blobs, self._roots, self._tags):
            each.mkdir(parents=True, exist_ok=True)

    def has(self, digest: str) -> bool:
        return self._file(digest).exists()

    def blob(self, wanted: Blob, fetch: Callable[[BinaryIO], None]) -> Path:
        """A blob's file; where it is not here, ``fetch`` writes it, and raises if it is not the one that is wanted."""
        file = self._file(wanted.digest)
        if not file.exists():
            with FileLock(f"{file}.lock"):
                if not file.exists():
                    _written(file, fetch)
        return file

    def keep(self, digest: str, data: bytes) -> None:
        """Keeps a small blob that is held against its digest already."""
        self.blob(Blob(digest, len(data)), lambda target: _write(target, data))

    def read(self, digest: str) -> bytes:
        return self._file(digest).read_bytes()

    def root(self, pieces: Sequence[tuple[Path, str]]) -> Path:
        """The file system of layers (file, digest of its tar), lowest first; unpacked where it is not here yet."""
        key = hashlib.sha256("\n".join(diff_id for _, diff_id in pieces).encode()).hexdigest()
        home = self._roots / f"{key}-{'owners' if self._owners else 'single'}"
        if not home.exists():
            with FileLock(f"{home}.lock"):
                if not home.exists():
                    self._unpacked(home, pieces)
        return home / "root"

    def remember(self, reference: str, digest: str) -> None:
        """Writes down what a tag meant when it was last asked for."""
        text = json.dumps({"reference": reference, "digest": digest})
        file = self._tag(reference)
        with FileLock(f"{file}.lock"):
            _written(file, lambda target: _write(target, text.encode()))

    def remembered(self, reference: str) -> str:
        """The digest that a tag last meant; empty where it was never pulled."""
        try:
            told: Mapping[str, Any] = json.loads(self._tag(reference).read_bytes())
        except FileNotFoundError:
            return ""
        return str(told["digest"])

    def _unpacked(self, home: Path, pieces: Sequence[tuple[Path, str]]) -> None:
        part = home.with_name(f"{home.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        root = part / "root"
        root.mkdir(parents=True)
        root.chmod(0o755)  # whatever this user's umask is
        try:
            for blob, diff_id in pieces:
                layers.unpack(blob, diff_id, root, owners=self._owners)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        part.rename(home)

    def _file(self, digest: str) -> Path:
        return self._blobs / digest.removeprefix("sha256:")

    def _tag(self, reference: str) -> Path:
        return self._tags / hashlib.sha256(reference.encode()).hexdigest()


def _write(target: BinaryIO, data: bytes) -> None:
    target.write(data)


def _written(file: Path, fetch: Callable[[BinaryIO], None]) -> None:
    """A file counts from the moment that it has its name; the caller holds its lock."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as target:
            fetch(target)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
