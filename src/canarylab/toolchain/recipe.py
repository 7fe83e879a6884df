"""What a build is made of, and the key under which its result is kept.

The key is a hash of everything that decides the programs' content: the module files, our own mains, the
tags, the linker's flags. The Go version is its second part, so that a toolchain is found without running Go.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import spec
from canarylab.toolchain.profiles import Profile
from canarylab.toolchain.spec import Asset, Extra, Patch, Program
from canarylab.toolchain.versions import Pins, known, numbers, read_pins


@dataclass(frozen=True)
class Recipe:
    """What to build and copy, with which flags, and the versions that come of it.

    ``source`` is the folder of the module to build in; without one it is the folder of ``module`` itself, a
    release with the dependencies that it pinned. ``name`` is that of an extra, else empty. ``go`` is the Go that has to
    build it, where the one that is here is too new for what it pinned. ``kubernetes`` is a release of Kubernetes whose
    go.mod is made for the build.
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
    kubernetes: str = ""

    def environ(self) -> dict[str, str]:
        """What go is told beside the usual: to fetch, as a module, the Go that builds this."""
        return {"GOTOOLCHAIN": self.go} if self.go else {}

    def changed(self) -> bool:
        """Whether the source is another one by now than the key says."""
        if self.source is None:
            return False
        if self.kubernetes:
            return _release_key(self.source, self.kubernetes, self.ldflags) != self.key
        return _key(self.source, self.ldflags, self.name) != self.key

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


def kubernetes(source: Path, profile: Profile) -> Recipe:
    """The recipe of another Kubernetes release; ``source`` is our module's folder, which has the checksums of it."""
    own, version = source / "_kubernetes", f"v{profile.release}"
    ldflags = spec.ldflags(version)
    with _readable(own):
        key = _release_key(own, profile.release, ldflags)
    pins = Pins(profile.go, {spec.KUBERNETES: version, spec.ETCD: f"v{profile.etcd}"})
    tags = (*spec.TAGS, *profile.tags)
    return Recipe(key, pins, spec.KUBERNETES_PROGRAMS, (), tags, ldflags, own, kubernetes=profile.release)


def _release_key(source: Path, release: str, ldflags: str) -> str:
    """A release's folder can be told by its name; our mains and its checksums count."""
    files = [source / f"{release}.sum", *sorted(source.glob("*.go"))]
    return f"kubernetes-{release}-{_hashed(source, ldflags, files)}"


def _key(source: Path, ldflags: str, name: str) -> str:
    """An extra's folder can be told by its name, and all Go files and modules in it count."""
    return f"{name}-{digest(source, ldflags, source)}" if name else digest(source, ldflags)


def digest(source: Path, ldflags: str, ours: Path | None = None) -> str:
    """Twelve hex digits that change with whatever changes the programs; ``ours`` holds our own Go files."""
    mains = sorted(each for each in (ours or source / "cmd").rglob("*") if each.suffix in (".go", ".mod"))
    files = dict.fromkeys([source / "go.mod", source / "go.sum", *mains])
    return _hashed(source, ldflags, (each for each in files if not each.name.endswith("_test.go")))


def _hashed(source: Path, ldflags: str, files: Iterable[Path]) -> str:
    digest = hashlib.sha256("\0".join([*spec.TAGS, spec.COMPILER_FLAGS, ldflags, platform.machine()]).encode())
    for file in files:
        digest.update(b"\0" + file.relative_to(source).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
