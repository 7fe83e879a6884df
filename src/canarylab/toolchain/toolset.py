"""The programs and files that clusters run with, and where each came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault, UsageError


@dataclass(frozen=True)
class ProgramInfo:
    """One program: its module and version, the SHA-256 of its file, and its origin (built, found, wheel)."""

    name: str
    path: Path
    module: str
    version: str
    sha256: str
    origin: str

    def facts(self) -> dict[str, str]:
        """The same as plain data."""
        return {**asdict(self), "path": str(self.path)}


@dataclass(frozen=True)
class Toolset:
    """Every program and asset of the local rung, each there when this was made."""

    key: str
    programs: Mapping[str, ProgramInfo]
    shares: tuple[Path, ...]

    def describe(self, name: str) -> ProgramInfo:
        """What is known of a program; :class:`UsageError` if there is none of that name."""
        try:
            return self.programs[name]
        except KeyError:
            known = ", ".join(sorted(self.programs))
            raise UsageError(f"no program named {name!r}", next_step=f"choose one of {known}") from None

    def program(self, name: str) -> Path:
        """The program's file."""
        return self.describe(name).path

    def asset(self, relpath: str) -> Path:
        """A file or folder copied from a Go module, such as ``flagger/artifacts/flagger/crd.yaml``."""
        for share in self.shares:
            if (share / relpath).exists():
                return share / relpath
        raise EnvironmentFault(
            f"the toolchain holds no {relpath}",
            where=", ".join(map(str, self.shares)),
            next_step="run `canarylab provision`",
        )

    def to_json(self) -> str:
        """The toolset as text, for another process of the same machine."""
        programs = {name: info.facts() for name, info in self.programs.items()}
        plain = {"key": self.key, "shares": [str(each) for each in self.shares], "programs": programs}
        return json.dumps(plain, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Toolset:
        """What :meth:`to_json` told."""
        plain = json.loads(text)
        programs = {
            name: ProgramInfo(**{**each, "path": Path(each["path"])}) for name, each in plain["programs"].items()
        }
        return cls(plain["key"], programs, tuple(Path(each) for each in plain["shares"]))
