"""Toolchains that a release has built: taken from an installed wheel or a registry instead of being built here.

Nothing of one is taken that is not what ``fixtures/toolchain.lock`` says: the lock names each toolchain by its key,
which holds for exactly our sources, and gives the SHA-256 of its list of files; the list gives that of each file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import time
from pathlib import Path

from canarylab import paths
from canarylab.errors import EnvironmentFault
from canarylab.toolchain import kit, manifest, storage
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.progress import Progress, Step
from canarylab.toolchain.recipe import Recipe

PACKAGE, FOLDER, LIST = "canarylab_toolchain", "toolchains", "SHA256SUMS"
REGISTRY = "CANARYLAB_TOOLCHAIN"


def locked() -> dict[str, str]:
    """The toolchains of releases: name of the folder (key and Go) -> SHA-256 of its list of files."""
    known: dict[str, str] = json.loads((paths.fixtures() / "toolchain.lock").read_text())
    return known


def take(lacking: Kit, cache: Path, progress: Progress, started: float) -> bool:
    """Takes a whole toolchain into the cache, where there is one for these sources; the caller holds the lock."""
    recipe = lacking.recipe
    names = [name for name in locked() if name.startswith(f"{recipe.key}-go")]
    if not names or not (lacking.to_build or lacking.to_copy):
        return False
    home = _installed() or _pulled(cache, progress, started)
    found = [home / name for name in names if (home / name).is_dir()] if home else []
    if not found:
        return False
    progress(Step("taking", f"{found[0].name}, built by a release", elapsed=time.monotonic() - started))
    with storage.using(cache):
        _adopt(found[0], locked()[found[0].name], kit.home(cache), recipe)
    return True


def listed(folder: Path, digest: str) -> dict[str, str]:
    """The files of a toolchain, each held against the list, and that against ``digest``: path -> SHA-256."""
    text = (folder / LIST).read_bytes() if (folder / LIST).is_file() else b""
    if hashlib.sha256(text).hexdigest() != digest:
        raise _other(folder, LIST)
    files = {name: told for told, _, name in (line.partition("  ") for line in text.decode().splitlines())}
    for name, told in files.items():
        if not (folder / name).is_file() or manifest.sha256(folder / name) != told:
            raise _other(folder, name)
    return files


def _installed() -> Path | None:
    """The folder of toolchains in the wheel, where it is installed beside this package."""
    found = importlib.util.find_spec(PACKAGE)
    return Path(found.origin).parent / FOLDER if found and found.origin else None


def _pulled(cache: Path, progress: Progress, started: float) -> Path | None:
    """The same of the image that CANARYLAB_TOOLCHAIN names, if it names one."""
    name = os.environ.get(REGISTRY, "")
    if not name:
        return None
    from canarylab.images import credentials, reference  # noqa: PLC0415 - only this needs the extra [local]
    from canarylab.images.pull import pull  # noqa: PLC0415
    from canarylab.images.store import Store  # noqa: PLC0415

    progress(Step("pulling", name, elapsed=time.monotonic() - started))
    store = Store(cache / "images", owners=os.geteuid() == 0)
    return Path(pull(name, credentials.of_user(reference.parse(name).registry), store).root) / FOLDER


def _adopt(source: Path, digest: str, home: Path, recipe: Recipe) -> None:
    """Links the files into a folder beside the others, or copies them where that cannot be; its name comes last."""
    files = listed(source, digest)
    home.mkdir(parents=True, exist_ok=True)
    storage.sweep(home, ".take-")
    with storage.scratch(home, ".take-") as scratch:
        new = scratch / source.name
        for name in files:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            _link(source / name, new / name)
        for program in recipe.programs:
            if program.package and program.kept_as != program.name:
                (new / "bin" / program.name).symlink_to(program.kept_as)
        storage.replace_folder(new, home / source.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _other(folder: Path, name: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"{name} of the ready toolchain is not the one that this canarylab was released with",
        where=str(folder),
        next_step="remove that folder and get it anew; without canarylab-toolchain installed and without "
        f"{REGISTRY} the programs are built here",
    )
