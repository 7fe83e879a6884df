"""Makes what a kit lacks: builds in a scratch folder beside the toolchain's, then moves file by file.

A file counts only once the manifest names it, and the manifest is replaced last, so an interrupted run leaves
nothing that a later one would take for whole.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

from canarylab.errors import EnvironmentFault
from canarylab.toolchain import gobuild, kit, kubernetes, manifest, patched, storage
from canarylab.toolchain.gobuild import Shell
from canarylab.toolchain.golang import Go
from canarylab.toolchain.kit import Kit
from canarylab.toolchain.manifest import Built, Manifest
from canarylab.toolchain.progress import Progress
from canarylab.toolchain.recipe import Recipe
from canarylab.toolchain.spec import Asset, Program


def make(lacking: Kit, cache: Path, go: Go, progress: Progress, started: float) -> None:
    """Builds and copies what is missing; the caller holds the lock."""
    recipe, parent = lacking.recipe, kit.home(cache)
    folder = kit.folder_for(cache, recipe, go.version)
    log = cache / "logs" / f"{folder.name}.log"
    with storage.using(cache):
        for needed in (parent, log.parent):
            needed.mkdir(parents=True, exist_ok=True)
        log.write_text("")
        storage.sweep(parent, ".make-")
        with storage.scratch(parent, ".make-") as scratch:
            shell = Shell(
                go, go.environ(cache) | recipe.environ(), recipe.source or scratch, scratch, log, progress, started
            )
            if recipe.source and recipe.patches:
                shell = replace(shell, folder=patched.folder(shell, recipe.source, recipe.patches))
            if recipe.source and recipe.kubernetes:
                shell = replace(shell, folder=kubernetes.folder(shell, recipe.source, recipe.pins, recipe.kubernetes))
            sources = _download(shell, lacking)
            if recipe.source is None:
                shell = replace(shell, folder=sources[recipe.module.partition("@")[0]])
            _build(shell, lacking, scratch / "bin")
            _copy(lacking, sources, scratch / "share")
            _refuse_if_changed(recipe)
            _adopt(lacking, scratch, folder, go)


def _download(shell: Shell, lacking: Kit) -> dict[str, Path]:
    """The folders of the modules that files are copied from, or that is built itself."""
    recipe = lacking.recipe
    modules = [recipe.module] if recipe.module else sorted({each.module for each in lacking.to_copy})
    if not modules:
        return {}
    text, sources = shell.run(["mod", "download", "-json", *modules]), {}
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        entry, end = decoder.raw_decode(text)
        sources[entry["Path"]] = Path(entry["Dir"])
        text = text[end:]
    return sources


def _build(shell: Shell, lacking: Kit, target: Path) -> None:
    packages = {each.package: each.output for each in lacking.to_build}
    target.mkdir()
    if packages:
        gobuild.build(shell, lacking.recipe.flags(), packages, target)


def _copy(lacking: Kit, sources: dict[str, Path], share: Path) -> None:
    share.mkdir()
    for each in lacking.to_copy:
        storage.copy(sources[each.module] / each.source, share / each.target)


def _refuse_if_changed(recipe: Recipe) -> None:
    """What was built of a source that changed meanwhile is no one's: its key names neither state."""
    if recipe.changed():
        raise EnvironmentFault(
            "the toolchain's source changed while it was built, so the result is not kept",
            where=str(recipe.source),
            next_step="run it again: what did not change is compiled already",
        )


def _adopt(lacking: Kit, scratch: Path, folder: Path, go: Go) -> None:
    recipe, old = lacking.recipe, manifest.load(folder)
    files = {each.kept_as: each for each in lacking.to_build}
    built = {file: _built(each, scratch, recipe) for file, each in files.items()}
    assets = {each.target: _version(each, recipe) for each in lacking.to_copy}
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for file, each in files.items():
        os.replace(scratch / "bin" / each.output, folder / "bin" / file)
    for each in recipe.programs:
        _link(each, folder / "bin", scratch)
    for asset in lacking.to_copy:
        (folder / "share" / asset.target).parent.mkdir(parents=True, exist_ok=True)
        storage.replace_folder(scratch / "share" / asset.target, folder / "share" / asset.target)
    manifest.save(folder, Manifest(go.version, {**old.built, **built}, {**old.assets, **assets}))


def _built(program: Program, scratch: Path, recipe: Recipe) -> Built:
    path = scratch / "bin" / program.output
    version = recipe.pins.version(program.module)
    return Built(path.stat().st_size, manifest.sha256(path), version, program.package)


def _version(asset: Asset, recipe: Recipe) -> str:
    return f"{asset.module}@{recipe.pins.version(asset.module)}"


def _link(program: Program, folder: Path, scratch: Path) -> None:
    """Links a program that is one of several in a file."""
    if program.package and program.kept_as != program.name:
        link = scratch / f"link-{program.name}"
        link.symlink_to(program.kept_as)
        os.replace(link, folder / program.name)
