"""Users and groups by name: of an image's own /etc/passwd and /etc/group, else the ones that each container has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from canarylab.images import inside

NOBODY = 65534
PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"  # noqa: S105 - a public file
GROUP = "root:x:0:\nnogroup:x:65534:\n"


@dataclass(frozen=True)
class Accounts:
    """The texts of a passwd and a group file, asked for numbers."""

    passwd: str = PASSWD
    group: str = GROUP

    @classmethod
    def of(cls, files: Mapping[str, str], root: str = "") -> Accounts:
        """Those that an image brings: ``files`` is path inside -> file of the host, ``root`` its own file system."""
        brought = {name: _brought(f"/etc/{name}", files, root) for name in ("passwd", "group")}
        return cls(**{name: Path(file).read_text(errors="replace") for name, file in brought.items() if file})

    def user(self, asked: str) -> tuple[int, int | None]:
        """User and group id of a name or number; a name that is not known is nobody's."""
        for name, uid, gid in self._users():
            if asked in (name, str(uid)):
                return uid, gid
        return (int(asked), None) if asked.isdigit() else (NOBODY, NOBODY)

    def group_id(self, asked: str) -> int | None:
        """The id of a group by name or number; None where there is no such name."""
        if asked.isdigit():
            return int(asked)
        return next((gid for name, gid, _ in self._groups() if name == asked), None)

    def home(self, uid: int) -> str:
        """The home of a user; the root folder where the user is not known."""
        return next((fields[5] for fields in _rows(self.passwd, 6) if int(fields[2]) == uid and fields[5]), "/")

    def groups_of(self, uid: int) -> list[int]:
        """The groups that name the user as a member."""
        names = {name for name, number, _ in self._users() if number == uid}
        return [gid for _, gid, members in self._groups() if names & set(members)]

    def _users(self) -> Iterator[tuple[str, int, int]]:
        for fields in _rows(self.passwd, 4):
            yield fields[0], int(fields[2]), int(fields[3])

    def _groups(self) -> Iterator[tuple[str, int, list[str]]]:
        for fields in _rows(self.group, 4):
            yield fields[0], int(fields[2]), fields[3].split(",")


def _brought(path: str, files: Mapping[str, str], root: str) -> str:
    """The host's file behind a path of the image; empty where the image has none."""
    if path in files or not root:
        return files.get(path, "")
    file = inside.resolve(root, path)
    return file if Path(file).is_file() else ""


def _rows(text: str, least: int) -> Iterator[list[str]]:
    rows = (line.split(":") for line in text.splitlines())
    return (row for row in rows if len(row) >= least and row[2].isdigit())
