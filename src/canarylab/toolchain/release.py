"""``python -m canarylab.toolchain.release FOLDER``: packs the toolchain that is built here for others to take.

Into FOLDER go a wheel, an OCI layout of the same files, a CycloneDX list of what they are made of, their checksums, and
the line of ``fixtures/toolchain.lock``. The same toolchain gives the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.errors import CanarylabError, EnvironmentFault
from canarylab.images.layout import CONFIG, Layout
from canarylab.images.manifest import architecture
from canarylab.toolchain import golang, kit, manifest, ready, storage
from canarylab.toolchain.found import Finder
from canarylab.toolchain.recipe import pinned

_DISTRIBUTION = "canarylab-toolchain"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_LEVEL = 6
_EPOCH = 315532800  # 1980, the first moment that a zip file knows
_METADATA = """Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: The programs of Canarylab's local rung, built: toolchain {key}.
License: Apache-2.0, and those of the modules that the CycloneDX file beside this wheel names
"""
_WHEEL = """Wheel-Version: 1.0
Generator: canarylab
Root-Is-Purelib: false
Tag: py3-none-manylinux2014_{machine}
"""


def pack(target: Path) -> None:
    """Packs what is built; EnvironmentFault where it is not all built by us, or not what the lock says."""
    folder = _folder()
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        stage = Path(scratch) / ready.FOLDER / folder.name
        digest = staged(folder, stage)
        check(folder.name, digest)
        made = [_wheel(Path(scratch), stage, target), _sbom(folder, target)]
        layout(stage.parent, target / "oci")
    (target / "toolchain.lock").write_text(json.dumps({folder.name: digest}, indent=1) + "\n")
    sums = "".join(f"{manifest.sha256(each)}  {each.name}\n" for each in made)
    (target / ready.LIST).write_text(sums)


def _folder() -> Path:
    """The folder of our own module's programs, all of them built here: nothing of this machine's stands in."""
    cache = paths.cache_dir()
    found = kit.look(cache, pinned(paths.toolchain_source()), Finder(cache / "found.json", {"PATH": ""}))
    if found.folder is None or found.to_build or found.to_copy:
        raise EnvironmentFault(
            f"not all of the toolchain is built: {', '.join(found.missing)}",
            where=str(cache),
            next_step="run `canarylab provision` with no other Kubernetes, etcd or helm on PATH",
        )
    return found.folder


def _files(folder: Path) -> list[str]:
    """All files but links, which whoever takes the toolchain makes anew."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def staged(folder: Path, stage: Path) -> str:
    """Copies the files, with the list of their checksums, whose own is returned."""
    names = [name for name in _files(folder) if name.partition("/")[0] in ("bin", "share", "manifest.json")]
    for name in names:
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, stage / name)
    text = "".join(f"{manifest.sha256(stage / name)}  {name}\n" for name in names)
    (stage / ready.LIST).write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def check(name: str, digest: str) -> None:
    """A toolchain that the lock knows has to come out as it says, on whatever machine it is built."""
    wanted = ready.locked().get(name)
    if wanted not in (None, digest):
        raise EnvironmentFault(
            f"the toolchain {name} came out as {digest}, and the lock says {wanted}",
            where=str(paths.fixtures() / "toolchain.lock"),
            next_step="find out what differs: a build gives the same bytes for the same key and Go",
        )


def _wheel(scratch: Path, stage: Path, target: Path) -> Path:
    """Of the stage, which it moves into the package; `wheel pack` writes the RECORD and the archive."""
    tree, version = scratch / "wheel", _version()
    about = tree / f"{ready.PACKAGE}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(_METADATA.format(name=_DISTRIBUTION, version=version, key=stage.name))
    (about / "WHEEL").write_text(_WHEEL.format(machine=platform.machine()))
    shutil.copytree(stage.parent, tree / ready.PACKAGE / ready.FOLDER, copy_function=os.link)
    (tree / ready.PACKAGE / "__init__.py").write_text(f'"""The toolchain {stage.name}."""\n')
    command = [sys.executable, "-m", "wheel", "pack", str(tree), "--dest-dir", str(target)]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "SOURCE_DATE_EPOCH": str(_EPOCH)}
    )
    if ran.returncode:
        raise EnvironmentFault(
            f"the wheel cannot be packed: {ran.stderr.strip()[-300:]}", next_step="install the package wheel"
        )
    return next(target.glob("*.whl"))


def layout(stage: Path, target: Path) -> None:
    """An image whose root has nothing but the toolchain."""
    layer = target.with_name("layer.tar.gz")
    with (
        layer.open("wb") as file,
        gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(stage.rglob("*")):
            tar.add(path, path.relative_to(stage.parent), recursive=False, filter=_nobodys)
    with gzip.open(layer) as unpacked:
        diff_id = hashlib.file_digest(unpacked, "sha256").hexdigest()
    made = Layout(target)
    about = {
        "architecture": architecture(),
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff_id}"]},
    }
    made.finish(made.manifest(made.json(CONFIG, about), [made.file(_LAYER, layer)]))
    layer.unlink()


def _nobodys(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def _sbom(folder: Path, target: Path) -> Path:
    """A CycloneDX file of the modules that Go says each program is made of."""
    go = golang.get(paths.cache_dir(), "")
    told = []
    for name in _files(folder / "bin"):
        ran = subprocess.run(
            [str(go.path), "version", "-m", "-json", str(folder / "bin" / name)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told.append((name, json.loads(ran.stdout)))
    file = target / f"{ready.PACKAGE}-{architecture()}.cdx.json"
    storage.write_atomically(file, json.dumps(bill(folder, told), indent=1) + "\n")
    return file


def bill(folder: Path, told: list[tuple[str, Any]]) -> dict[str, Any]:
    """The CycloneDX content, of what Go told of each program."""
    modules = {(each["Path"], each["Version"]) for _, about in told for each in _modules(about)}
    programs = [{"type": "application", "name": name, "hashes": [_hash(folder / "bin" / name)]} for name, _ in told]
    libraries = [
        {"type": "library", "name": path, "version": version, "purl": f"pkg:golang/{path}@{version}"}
        for path, version in sorted(modules)
    ]
    about = {"component": {"type": "application", "name": _DISTRIBUTION, "version": _version()}}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": about,
        "components": programs + libraries,
    }  # fmt: skip


def _version() -> str:
    return importlib.metadata.version("canarylab")


def _modules(about: Any) -> Iterator[Any]:
    """Main module and dependencies, as far as they are published; of one that was replaced, what stood in for it."""
    for each in (about["Main"], *about.get("Deps", ())):
        module = each.get("Replace") or each
        if module.get("Version", "").startswith("v"):  # our own module has none
            yield module


def _hash(file: Path) -> dict[str, str]:
    return {"alg": "SHA-256", "content": manifest.sha256(file)}


def main() -> int:
    try:
        pack(Path(sys.argv[1]).absolute())
    except CanarylabError as error:
        print(f"canarylab: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
