"""Layers of an image put over each other in a folder: the files, and what they take away of those below (whiteouts).

Nothing that a layer says reaches outside of the folder. Devices are left out: a container has those of its own.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from canarylab.images import inside
from canarylab.images.problem import PullFault

_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
_META = ".wh..wh."  # what old storage drivers kept for themselves
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_XATTR = "SCHILY.xattr."
_CHUNK = 1 << 20
# What only names can bring about that do not go together, such as a file in a file.
_CONTRADICTIONS = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG)


class _Hashed:
    """A stream that keeps the SHA-256 of what was read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._seen = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._seen.update(data)
        return data

    def digest(self) -> str:
        """After reading the rest."""
        while self.read(_CHUNK):
            pass
        return f"sha256:{self._seen.hexdigest()}"


def unpack(blob: Path, diff_id: str, root: Path, *, owners: bool) -> None:
    """Puts a layer over what stands in ``root``; ``diff_id`` is the digest of its tar.

    With ``owners`` users, groups and extended attributes are the layer's; without, all is of the user who unpacks.
    """
    layer = _Layer(os.fspath(root), owners=owners)
    try:
        with _opened(blob) as stream:
            hashed = _Hashed(stream)
            with tarfile.open(fileobj=cast("Any", hashed), mode="r|", errorlevel=2) as tar:
                for member in tar:
                    layer.add(tar, member)
            came = hashed.digest()
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zstandard.ZstdError, zlib.error, OverflowError) as error:
        raise PullFault(f"a layer cannot be unpacked: {error}", where=diff_id) from error
    except OSError as error:
        if error.errno not in _CONTRADICTIONS:
            raise
        raise PullFault(f"a layer contradicts itself: {error.strerror}", where=diff_id) from error
    if came != diff_id:
        raise PullFault(f"a layer unpacks to {came}, and the image says {diff_id}")


@contextmanager
def _opened(blob: Path) -> Iterator[IO[bytes]]:
    """The layer's tar, told by its first bytes to be packed or not."""
    with blob.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start.startswith(_GZIP):
            with gzip.open(file) as packed:
                yield cast("IO[bytes]", packed)
        elif start == _ZSTD:
            with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as packed:
                yield cast("IO[bytes]", packed)
        else:
            yield file


class _Layer:
    """One layer on its way into a root; it knows what it has put there, which its own whiteouts leave alone."""

    def __init__(self, root: str, *, owners: bool) -> None:
        self._root, self._owners = root, owners
        self._own: set[str] = set()

    def add(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        path = os.path.normpath("/" + member.name).lstrip("/")
        above, _, name = path.rpartition("/")
        if name == _OPAQUE:
            self._empty(inside.resolve(self._root, above))
        elif name.startswith(_META):
            return
        elif name.startswith(_WHITEOUT):
            self._take_away(self._at(f"{above}/{name.removeprefix(_WHITEOUT)}"))
        elif not (member.ischr() or member.isblk()):
            real = self._at(path)
            os.makedirs(os.path.dirname(real), exist_ok=True)
            self._put(tar, member, real)
            self._claim(real)

    def _at(self, path: str) -> str:
        return inside.resolve(self._root, path, follow_last=False)

    def _claim(self, real: str) -> None:
        """The folders above are the layer's too: an opaque one above keeps what this layer has in it."""
        while real != self._root and real not in self._own:
            self._own.add(real)
            real = os.path.dirname(real)

    def _empty(self, folder: str) -> None:
        """An opaque folder shows nothing of the layers below."""
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                self._take_away(f"{folder}/{name}")

    def _take_away(self, real: str) -> None:
        if real == self._root:
            return
        if real in self._own:
            if not os.path.islink(real):
                self._empty(real)
        else:
            _remove(real)

    def _put(self, tar: tarfile.TarFile, member: tarfile.TarInfo, real: str) -> None:
        is_folder = os.path.isdir(real) and not os.path.islink(real)
        if member.isdir():
            if not is_folder:
                _remove(real)
                os.mkdir(real)
            self._dress(member, real)
            return
        if real == self._root:
            raise PullFault(f"a layer has something else than a folder at its top: {member.name}")
        if not (member.islnk() and self._at(member.linkname) == real):
            _remove(real)
        self._make(tar, member, real)

    def _make(self, tar: tarfile.TarFile, member: tarfile.TarInfo, real: str) -> None:
        if member.islnk():
            self._link(member, real)
        elif member.issym():
            os.symlink(member.linkname, real)
            self._own_as(member, real)
        elif member.isfifo():
            os.mkfifo(real)
            self._dress(member, real)
        elif (data := tar.extractfile(member)) is not None:
            with open(os.open(real, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600), "wb") as file:
                shutil.copyfileobj(data, file, _CHUNK)
            self._dress(member, real)
        else:
            raise PullFault(f"a layer has something of an unknown kind: {member.name}")

    def _link(self, member: tarfile.TarInfo, real: str) -> None:
        target = self._at(member.linkname)
        if target == real:
            return
        try:
            os.link(target, real, follow_symlinks=False)
        except OSError as error:
            raise PullFault(f"a layer links {member.name} to {member.linkname}: {error.strerror}") from error

    def _dress(self, member: tarfile.TarInfo, real: str) -> None:
        """Owner, mode, attributes and time; a folder can be written by its owner, who is to remove it one day."""
        self._own_as(member, real)
        mode = member.mode & 0o7777
        os.chmod(real, mode if self._owners or not member.isdir() else mode | 0o700)
        if self._owners:
            _attributes(member, real)
        if not member.isdir():
            os.utime(real, (member.mtime, member.mtime))

    def _own_as(self, member: tarfile.TarInfo, real: str) -> None:
        if self._owners:
            os.chown(real, member.uid, member.gid, follow_symlinks=False)


def _attributes(member: tarfile.TarInfo, real: str) -> None:
    """Capabilities of files and the like, where the file system has such."""
    for key, value in member.pax_headers.items():
        if key.startswith(_XATTR):
            with suppress(OSError):
                os.setxattr(real, key.removeprefix(_XATTR), value.encode("utf-8", "surrogateescape"))


def _remove(real: str) -> None:
    if os.path.isdir(real) and not os.path.islink(real):
        shutil.rmtree(real)
    else:
        with suppress(FileNotFoundError):
            os.unlink(real)
