"""What is here of a recipe, and what is missing: programs of the machine's own, built ones, those of wheels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from canarylab.toolchain import manifest, wheels
from canarylab.toolchain.found import Finder
from canarylab.toolchain.manifest import Manifest
from canarylab.toolchain.recipe import Recipe
from canarylab.toolchain.spec import WHEELS, Asset, Program
from canarylab.toolchain.toolset import ProgramInfo


@dataclass(frozen=True)
class Kit:
    """A recipe, the folder that its results are in (if any), and what of it is here and what is not."""

    recipe: Recipe
    folder: Path | None
    programs: dict[str, ProgramInfo]
    to_build: tuple[Program, ...]
    to_install: tuple[Program, ...]
    to_copy: tuple[Asset, ...]

    @property
    def complete(self) -> bool:
        return not (self.to_build or self.to_install or self.to_copy)

    @property
    def missing(self) -> list[str]:
        """The names of what is not here."""
        programs = [each.name for each in (*self.to_build, *self.to_install)]
        return programs + [each.target for each in self.to_copy]


def home(cache: Path) -> Path:
    """Where toolchain folders are: one per recipe and Go version."""
    return cache / "toolchains"


def folder_for(cache: Path, recipe: Recipe, go: str) -> Path:
    """The folder for what one Go version makes of a recipe."""
    return home(cache) / f"{recipe.key}-{go}"


def _choose(cache: Path, recipe: Recipe, go: str) -> Path | None:
    """The folder of that Go version; where it does not matter, the one with the most in it."""
    if go:
        return folder_for(cache, recipe, go)
    folders = sorted(home(cache).glob(f"{recipe.key}-go*"))
    return max(folders, key=lambda folder: len(manifest.load(folder).built), default=None)


def look(cache: Path, recipe: Recipe, finder: Finder, go: str = "") -> Kit:
    """Looks for everything that a recipe names."""
    folder = _choose(cache, recipe, go)
    made = manifest.load(folder) if folder else Manifest()
    programs: dict[str, ProgramInfo] = {}
    for each in recipe.programs:
        info = _found(each, recipe, finder) or _built(each, folder, made) or _in_wheel(each, cache, finder)
        if info:
            programs[each.name] = info
    absent = [each for each in recipe.programs if each.name not in programs]
    return Kit(
        recipe,
        folder,
        programs,
        tuple(each for each in absent if each.package),
        tuple(each for each in absent if not each.package),
        tuple(each for each in recipe.assets if not _copied(each, folder, made)),
    )


def _found(program: Program, recipe: Recipe, finder: Finder) -> ProgramInfo | None:
    found = finder.find(program, recipe.pins.version(program.module))
    if found is None:
        return None
    return ProgramInfo(program.name, found.path, program.module, found.version, found.sha256, "found")


def _built(program: Program, folder: Path | None, made: Manifest) -> ProgramInfo | None:
    if folder is None or not program.package or not made.has(folder, program.kept_as):
        return None
    path, file = folder / "bin" / program.name, made.built[program.kept_as]
    if not path.exists():
        return None
    return ProgramInfo(program.name, path, program.module, file.version, file.sha256, f"built with {made.go}")


def _in_wheel(program: Program, cache: Path, finder: Finder) -> ProgramInfo | None:
    if program.package:
        return None
    wheel = wheels.find(cache, WHEELS[program.name])
    if wheel is None:
        return None
    digest = finder.sha256(wheel.path)
    return ProgramInfo(program.name, wheel.path, program.module, wheel.version, digest, "wheel")


def _copied(asset: Asset, folder: Path | None, made: Manifest) -> bool:
    return folder is not None and asset.target in made.assets and (folder / "share" / asset.target).exists()
