"""What a build is made of, and the key under which its result is kept.

The key is a hash of everything that decides the programs' content: the module files, our own mains, the
tags, the linker's flags. The Go version is its second part, so that a toolchain is found without running Go.
"""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import spec
from canarylab.toolchain.spec import Asset, Program
from canarylab.toolchain.versions import Pins, read_pins


@dataclass(frozen=True)
class Recipe:
    """What to build and copy, with which flags, and the versions that come of it.

    ``source`` is the folder of the module to build in; without one it is the folder of ``module`` itself, a
    release with the dependencies that it pinned.
    """

    key: str
    pins: Pins
    programs: tuple[Program, ...]
    assets: tuple[Asset, ...]
    tags: tuple[str, ...]
    ldflags: str
    source: Path | None = None
    module: str = ""

    def changed(self) -> bool:
        """Whether the source is another one by now than the key says."""
        return self.source is not None and digest(self.source, self.ldflags) != self.key

    def flags(self) -> list[str]:
        """The flags that `go list` and `go build` share."""
        tags = ",".join(self.tags)
        compiler, linker = f"-gcflags={spec.COMPILER_FLAGS}", f"-ldflags={self.ldflags}"
        return ["-mod=readonly", "-trimpath", "-buildvcs=false", f"-tags={tags}", compiler, linker]


def pinned(source: Path) -> Recipe:
    """The recipe of our own module: every program, in the versions that it pins."""
    try:
        pins = read_pins(source / "go.mod")
        ldflags = spec.ldflags(pins.version(spec.KUBERNETES))
        key = digest(source, ldflags)
    except OSError as error:
        raise EnvironmentFault(
            f"the toolchain's source cannot be read: {error.strerror}",
            where=str(source),
            next_step="install canarylab again",
        ) from error
    return Recipe(key, pins, spec.PROGRAMS, spec.ASSETS, spec.TAGS, ldflags, source)


def flagger(version: str) -> Recipe:
    """The recipe of another Flagger release, built as its own module with what it pinned."""
    pins = Pins("", {spec.FLAGGER: f"v{version}"})
    programs = tuple(each for each in spec.PROGRAMS if each.module == spec.FLAGGER)
    key = f"flagger-{version}-{platform.machine()}"
    return Recipe(key, pins, programs, spec.FLAGGER_ASSETS, (), "-s -w", module=f"{spec.FLAGGER}@v{version}")


def digest(source: Path, ldflags: str) -> str:
    """Twelve hex digits that change with whatever changes the programs."""
    digest = hashlib.sha256("\0".join([*spec.TAGS, spec.COMPILER_FLAGS, ldflags, platform.machine()]).encode())
    mains = sorted((source / "cmd").rglob("*.go"))
    for file in [source / "go.mod", source / "go.sum", *mains]:
        if not file.name.endswith("_test.go"):
            digest.update(b"\0" + file.relative_to(source).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
