"""The images that have been pulled: which program each one is, and its digest.

Pulling copies at most one file, but for an image that an entry has pulled for real: that one the puller brings.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from canarylab.clusters.local.cri import goversion, images, spec
from canarylab.clusters.local.cri.images import Catalogue, Recipe
from canarylab.errors import CanarylabError, EnvironmentFault, UsageError
from canarylab.images.asking import Puller


class PullFailed(CanarylabError):
    """The kubelet shows it as ErrImagePull, then ImagePullBackOff."""


@dataclass(frozen=True)
class Image:
    """A pulled image. ``ref`` names module, version and SHA-256 of the program; ``file`` is what runs.

    Of one that came from a registry ``ref`` is its name with its digest, ``root`` its file system in the cache, and
    ``config`` what its configuration says.

    Its id is a digest of the program and of all that its recipe says: references of one id are the same image.
    """

    reference: str
    ref: str
    digest: str
    file: str
    size: int
    recipe: str = ""
    root: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"sha256:{hashlib.sha256(f'{self.digest} {self.recipe}'.encode()).hexdigest()}"

    def names(self) -> tuple[str, ...]:
        return (self.reference, images.completed(self.reference), self.ref, self.id, self.repo_digest)

    def is_named(self, reference: str) -> bool:
        """Whether the reference, as written or as Docker completes it, means this image."""
        return bool(reference) and not {reference, images.completed(reference)}.isdisjoint(self.names())

    @property
    def repo_digest(self) -> str:
        """The digest that it was asked for by, else its own."""
        if self.root:
            return self.ref
        _, _, asked = self.reference.partition("@")
        return f"{images.repository_of(self.reference)}@{asked or self.id}"


class Shelf:
    """Pulled images by reference, kept in ``images.json``; ``programs`` and ``shares`` are as the toolset has them."""

    def __init__(
        self,
        folder: Path,
        files: list[Path],
        programs: Mapping[str, Mapping[str, str]],
        shares: Sequence[str] = (),
        puller: Puller | None = None,
    ) -> None:
        self.folder, self._shares, self._puller = folder, tuple(shares), puller
        self._files, self._programs = files, programs
        self._lock = threading.Lock()
        self._catalogue = Catalogue.read(files)
        folder.mkdir(parents=True, exist_ok=True)
        kept = spec.read_json(f"{folder}/images.json") or []
        self._images = {image["reference"]: Image(**image) for image in kept}

    def pull(self, reference: str, credential: Mapping[str, str] | None = None) -> Image:
        """Finds what stands behind a reference; the files are read anew, so that a mended one works at once.

        ``credential`` is for a registry, as an entry of a docker configuration.
        """
        try:
            self._catalogue = Catalogue.read(self._files)
            recipe = self._catalogue.find(reference)
            if recipe is None:
                raise PullFailed(self._catalogue.unknown(reference))
            made = self._real(reference, credential or {}) if recipe.pull else self._make(reference, recipe)
            image = replace(made, recipe=_digest_of(recipe))
        except (EnvironmentFault, UsageError, OSError, ValueError) as error:
            raise PullFailed(f'the image "{reference}" cannot be had: {error}') from error
        with self._lock:
            self._images[reference] = image
            self._save()
        return image

    def find(self, *references: str) -> Image | None:
        """The image known by one of these references, digests or ids."""
        with self._lock:
            known = list(self._images.values())
        for reference in references:
            for image in known:
                if image.is_named(reference):
                    return image
        return None

    def recipe(self, image: Image) -> Recipe:
        found = self._catalogue.find(image.reference)
        if found is None:
            raise PullFailed(self._catalogue.unknown(image.reference))
        return found.of(image.root, image.config) if image.root else found

    def all(self) -> list[Image]:
        with self._lock:
            return list(self._images.values())

    def by_id(self) -> list[tuple[Image, ...]]:
        """The images, each with all the references that it was pulled by."""
        found: dict[str, list[Image]] = {}
        for image in self.all():
            found.setdefault(image.id, []).append(image)
        return [tuple(same) for same in found.values()]

    def remove(self, reference: str) -> None:
        """Forgets an image under each of its references."""
        with self._lock:
            gone = {image.id for image in self._images.values() if image.is_named(reference)}
            self._images = {name: image for name, image in self._images.items() if image.id not in gone}
            self._save()

    def program(self, name: str) -> str:
        """The file of a toolset program; UsageError if there is none of that name."""
        if name not in self._programs:
            raise UsageError(f"no program named {name!r}", next_step=f"choose one of {', '.join(self._programs)}")
        return self._programs[name]["path"]

    def asset(self, name: str) -> str:
        """A file or folder that the toolset copied from its modules; UsageError if there is none of that name."""
        for share in self._shares:
            if (found := Path(share) / name).exists():
                return str(found)
        raise UsageError(f"the toolset holds no {name!r}", where=", ".join(self._shares))

    def _save(self) -> None:
        spec.write_json(f"{self.folder}/images.json", [asdict(image) for image in self._images.values()])

    def _real(self, reference: str, credential: Mapping[str, str]) -> Image:
        """The image itself, of its registry."""
        if self._puller is None:
            raise EnvironmentFault(
                "this cluster was started without a way to registries",
                next_step="start one with --pull, or with the images file that has `pull: true`",
            )
        told = self._puller.pull(reference, credential)
        digest = told["digest"].removeprefix("sha256:")
        return Image(reference, told["named"], digest, "", told["size"], root=told["root"], config=told["config"])

    def _make(self, reference: str, recipe: Recipe) -> Image:
        for tool, given in recipe.tools.items():
            Path(given or self.program(tool)).stat()
        for asset in recipe.assets.values():
            self.asset(asset)
        if recipe.command:
            return _of_command(reference, recipe)
        file = Path(self.program(recipe.program) if recipe.program else recipe.path)
        if not recipe.placeholder:
            info = self._programs.get(recipe.program, {})
            digest = info.get("sha256") or _digest(file)
            return Image(reference, _ref(recipe, info, digest), digest, str(file), file.stat().st_size)
        return self._stamped(reference, recipe, file)

    def _stamped(self, reference: str, recipe: Recipe, file: Path) -> Image:
        """The program with the image's tag as its version: a file of its own, made once."""
        data = goversion.stamp(file.read_bytes(), recipe.placeholder, images.tag_of(reference))
        digest = hashlib.sha256(data).hexdigest()
        copy = self.folder / digest / Path(recipe.inside).name
        if not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            scratch = copy.with_suffix(f".{threading.get_ident()}")
            scratch.write_bytes(data)
            scratch.chmod(0o755)
            scratch.rename(copy)
        ref = _ref(recipe, self._programs.get(recipe.program, {}), digest)
        return Image(reference, ref, digest, str(copy), len(data))


def _of_command(reference: str, recipe: Recipe) -> Image:
    digest = hashlib.sha256(json.dumps([recipe.command, recipe.entrypoint, recipe.args]).encode()).hexdigest()
    return Image(reference, f"localhost/command/{_name(recipe.command[0])}@sha256:{digest}", digest, "", 1)


def _digest_of(recipe: Recipe) -> str:
    """A digest of what a recipe says, whatever pattern and file it stands under."""
    said = {**asdict(recipe), "pattern": "", "source": ""}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _ref(recipe: Recipe, info: Mapping[str, Any], digest: str) -> str:
    """``MODULE/PROGRAM:VERSION@sha256:DIGEST``, in the letters that a reference may have."""
    if not recipe.program:
        return f"localhost/path/{_name(recipe.path)}@sha256:{digest}"
    version = re.sub(r"[^\w.-]", "_", info.get("version") or "unknown")[:128]
    return f"{info.get('module', 'toolset').lower()}/{_name(recipe.program)}:{version}@sha256:{digest}"


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9._-]", "-", Path(path).name.lower()).strip("._-") or "program"
