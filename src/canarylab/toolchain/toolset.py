"""The programs and files that clusters run with, and where each came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from canarylab import paths
from canarylab.errors import EnvironmentFault, UsageError
from canarylab.toolchain import spec


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


def nowhere(name: str) -> Toolset:
    """The extras of a toolset that builds none."""
    raise EnvironmentFault(f"the extra {name} is not in this toolset", next_step=f"run `{provision_with(name)}`")


def provision_with(*extras: str) -> str:
    """The command that builds extras."""
    return f"canarylab provision --with {','.join(extras)}"


@dataclass(frozen=True)
class Toolset:
    """Every program and asset of the local rung, each there when this was made.

    ``further`` gives the programs and files of an extra, by its name, when one is first asked for.
    """

    key: str
    programs: Mapping[str, ProgramInfo]
    shares: tuple[Path, ...]
    further: Callable[[str], Toolset] = field(default=nowhere, compare=False, repr=False)

    def describe(self, name: str) -> ProgramInfo:
        """What is known of a program; :class:`UsageError` if there is none of that name."""
        if name in self.programs:
            return self.programs[name]
        extra = spec.extra_with(name)
        if extra is None:
            known = ", ".join(dict.fromkeys([*sorted(self.programs), *spec.extra_programs()]))
            raise UsageError(f"no program named {name!r}", next_step=f"choose one of {known}")
        return self.further(extra.name).programs[name]

    def program(self, name: str) -> Path:
        """The program's file."""
        return self.describe(name).path

    def asset(self, relpath: str) -> Path:
        """A file or folder copied from a Go module, such as ``flagger/artifacts/flagger/crd.yaml``."""
        found = self._in_shares(relpath)
        top = relpath.partition("/")[0]
        if found is None and top in spec.EXTRAS:
            found = self.further(top)._in_shares(relpath)
        if found is None:
            raise EnvironmentFault(
                f"the toolchain holds no {relpath}",
                where=", ".join(map(str, self.shares)),
                next_step="run `canarylab provision`",
            )
        return found

    def _in_shares(self, relpath: str) -> Path | None:
        return next((share / relpath for share in self.shares if (share / relpath).exists()), None)

    def to_json(self) -> str:
        """The toolset as text, for another process of the same machine; ``cache`` is where extras will be."""
        programs = {name: info.facts() for name, info in self.programs.items()}
        shares, cache = [str(each) for each in self.shares], str(paths.cache_dir())
        return json.dumps({"key": self.key, "cache": cache, "shares": shares, "programs": programs}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Toolset:
        """What :meth:`to_json` told."""
        plain = json.loads(text)
        programs = {
            name: ProgramInfo(**{**each, "path": Path(each["path"])}) for name, each in plain["programs"].items()
        }
        return cls(plain["key"], programs, tuple(Path(each) for each in plain["shares"]))
