"""What a build is made of, and the key under which its result is kept.

The key is a hash of everything that decides the programs' content: the module files, our own mains, the
tags, the linker's flags. The Go version is its second part, so that a toolchain is found without running Go.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import spec
from canarylab.toolchain.spec import Asset, Extra, Patch, Program
from canarylab.toolchain.versions import Pins, known, numbers, read_pins


@dataclass(frozen=True)
class Recipe:
    """What to build and copy, with which flags, and the versions that come of it.

    ``source`` is the folder of the module to build in; without one it is the folder of ``module`` itself, a
    release with the dependencies that it pinned. ``name`` is that of an extra, else empty. ``go`` is the Go that has to
    build it, where the one that is here is too new for what it pinned.
    """

    key: str
    pins: Pins
    programs: tuple[Program, ...]
    assets: tuple[Asset, ...]
    tags: tuple[str, ...]
    ldflags: str
    source: Path | None = None
    module: str = ""
    name: str = ""
    patches: tuple[Patch, ...] = ()
    go: str = ""

    def environ(self) -> dict[str, str]:
        """What go is told beside the usual: to fetch, as a module, the Go that builds this."""
        return {"GOTOOLCHAIN": self.go} if self.go else {}

    def changed(self) -> bool:
        """Whether the source is another one by now than the key says."""
        return self.source is not None and _key(self.source, self.ldflags, self.name) != self.key

    def flags(self) -> list[str]:
        """The flags that `go list` and `go build` share."""
        tags = ",".join(self.tags)
        compiler, linker = f"-gcflags={spec.COMPILER_FLAGS}", f"-ldflags={self.ldflags}"
        return ["-mod=readonly", "-trimpath", "-buildvcs=false", f"-tags={tags}", compiler, linker]


def pinned(source: Path) -> Recipe:
    """The recipe of our own module: every program, in the versions that it pins."""
    with _readable(source):
        pins = read_pins(source / "go.mod")
        ldflags = spec.ldflags(pins.version(spec.KUBERNETES))
        key = digest(source, ldflags)
    return Recipe(key, pins, spec.PROGRAMS, spec.ASSETS, spec.TAGS, ldflags, source)


def for_extra(source: Path, wanted: Extra) -> Recipe:
    """The recipe of an extra: ``source`` is our module's folder, below which the extra's own module stands."""
    own = source / "extra" / wanted.name
    with _readable(own):
        pins = read_pins(own / "go.mod")
        ldflags = spec.extra_ldflags(wanted, pins.version(wanted.module))
        key = _key(own, ldflags, wanted.name)
    return Recipe(
        key, pins, wanted.programs, wanted.assets, spec.TAGS, ldflags, own, name=wanted.name, patches=wanted.patches
    )


@contextlib.contextmanager
def _readable(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            f"the toolchain's source cannot be read: {error.strerror}",
            where=str(source),
            next_step="install canarylab again",
        ) from error


def flagger(version: str) -> Recipe:
    """The recipe of another Flagger release, built as its own module with what it pinned."""
    pins = Pins("", {spec.FLAGGER: f"v{version}"})
    programs = tuple(each for each in spec.PROGRAMS if each.module == spec.FLAGGER)
    key = f"flagger-{version}-{platform.machine()}"
    source, old = f"{spec.FLAGGER}@v{version}", known()["flagger-go"]
    go = old["go"] if numbers(version) < numbers(old["below"]) else ""
    return Recipe(key, pins, programs, spec.FLAGGER_ASSETS, (), "-s -w", module=source, go=go)


def _key(source: Path, ldflags: str, name: str) -> str:
    """An extra's folder can be told by its name, and all Go files and modules in it count."""
    return f"{name}-{digest(source, ldflags, source)}" if name else digest(source, ldflags)


def digest(source: Path, ldflags: str, ours: Path | None = None) -> str:
    """Twelve hex digits that change with whatever changes the programs; ``ours`` holds our own Go files."""
    digest = hashlib.sha256("\0".join([*spec.TAGS, spec.COMPILER_FLAGS, ldflags, platform.machine()]).encode())
    mains = sorted(each for each in (ours or source / "cmd").rglob("*") if each.suffix in (".go", ".mod"))
    for file in dict.fromkeys([source / "go.mod", source / "go.sum", *mains]):
        if not file.name.endswith("_test.go"):
            digest.update(b"\0" + file.relative_to(source).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
