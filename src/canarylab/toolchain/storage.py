"""Files in the cache: written whole or not at all, and a clear fault where the cache cannot be written.

A cache may be shared: what one user made is readable by all whom that user's umask lets read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from canarylab.errors import EnvironmentFault

FULL = "the disk became full"
MAKE_ROOM = "free some space (`canarylab doctor` says how much is needed), or set CANARYLAB_CACHE to another disk"
_ELSEWHERE = "set CANARYLAB_CACHE to a folder that can be written"


def fault(error: OSError, folder: Path) -> EnvironmentFault:
    """What an OS error on the cache means to a person."""
    where = str(error.filename or folder)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentFault(FULL, where=where, next_step=MAKE_ROOM)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return EnvironmentFault(
            f"the cache folder cannot be written: {error.strerror}", where=where, next_step=_ELSEWHERE
        )
    return EnvironmentFault(
        f"the cache folder cannot be used: {error.strerror or error}", where=where, next_step=_ELSEWHERE
    )


@contextlib.contextmanager
def using(folder: Path) -> Iterator[None]:
    """Turns OS errors on the cache ``folder`` into one clear fault."""
    try:
        yield
    except OSError as error:
        raise fault(error, folder) from error


def writable(folder: Path) -> bool:
    """Whether a folder can be written, or made where it is not there yet."""
    return os.access(nearest(folder), os.W_OK | os.X_OK)


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def write_atomically(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old text or the new, never a part."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def scratch(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder beside what is being made; gone at the end, however that comes about."""
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path, prefix: str) -> None:
    """Removes scratch folders that a killed run left; only to be called under the lock that guards them."""
    for left in parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    """Copies a file or folder of the (read-only) module cache so that its owner may change and remove it."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return
    target.mkdir(parents=True, exist_ok=True)
    for each in source.iterdir():
        copy(each, target / each.name)


def replace_folder(new: Path, target: Path) -> None:
    """Puts a finished file or folder in its place; what stood there before is removed."""
    old = new.with_name(f"{new.name}.old")
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
