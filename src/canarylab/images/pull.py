"""Pulls an image: a name and a credential become a digest, a root file system in the cache, and a configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from canarylab.errors import CanarylabError
from canarylab.images import manifest, reference
from canarylab.images.credentials import Credential
from canarylab.images.manifest import Blob
from canarylab.images.problem import PullFault, of_disk
from canarylab.images.reference import Reference
from canarylab.images.registry import Repository, digest_of
from canarylab.images.store import Store

_AT_A_TIME = 3  # layers, as other runtimes do
Connect = Callable[[Reference, Credential], Repository]


@dataclass(frozen=True)
class Pulled:
    """An image that is here. ``digest`` is what its name meant, ``size`` what was to be pulled, in bytes.

    ``config`` is the `config` of the image's configuration: Entrypoint, Cmd, Env, User, WorkingDir, StopSignal.
    """

    reference: str
    digest: str
    root: str
    size: int
    layers: int
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """The image by its digest."""
        return f"{reference.parse(self.reference).name}@{self.digest}"

    def facts(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


def pull(name: str, credential: Credential, store: Store, connect: Connect = Repository) -> Pulled:
    """Pulls an image, of which the store may have any part; a digest that it has whole needs no registry."""
    wanted = reference.parse(name)
    repository = connect(wanted, credential)
    try:
        digest, read = _image(wanted, repository, store)
        config_file = store.blob(read.config, lambda target: repository.blob(read.config, target))
        configuration = manifest.parse(config_file.read_bytes())
        root = store.root(_layers(read, configuration, repository, store))
    except OSError as error:
        raise of_disk(error, "the cache of images") from error
    return Pulled(str(wanted), digest, str(root), read.size, len(read.layers), configuration.get("config") or {})


def _image(wanted: Reference, repository: Repository, store: Store) -> tuple[str, manifest.Manifest]:
    """What the name means by digest, and the image for this machine."""
    digest, data = _top(wanted, repository, store)
    read = manifest.parse(data)
    if manifest.is_index(read):
        chosen = manifest.chosen(read, manifest.architecture())
        read = manifest.parse(_known(chosen.digest, repository, store))
    return digest, manifest.image(read)


def _top(wanted: Reference, repository: Repository, store: Store) -> tuple[str, bytes]:
    if wanted.digest:
        return wanted.digest, _known(wanted.digest, repository, store)
    try:
        data = repository.manifest(wanted.tag)
    except PullFault as fault:
        if before := store.remembered(str(wanted)):
            raise PullFault(
                f"{fault.what}. When {wanted} was last pulled it was {before}: by this name it needs no registry",
                where=fault.where,
                next_step=fault.next_step,
            ) from fault
        raise
    digest = digest_of(data)
    store.keep(digest, data)
    store.remember(str(wanted), digest)
    return digest, data


def _known(digest: str, repository: Repository, store: Store) -> bytes:
    """A manifest by its digest, of the store if it has it."""
    if not store.has(digest):
        store.keep(digest, repository.manifest(digest))
    return store.read(digest)


def _layers(
    read: manifest.Manifest, configuration: Any, repository: Repository, store: Store
) -> list[tuple[Path, str]]:
    """Each layer's file, and the digest of its tar."""
    _fits(configuration)
    diff_ids = configuration.get("rootfs", {}).get("diff_ids", [])
    if len(diff_ids) != len(read.layers):
        raise PullFault(f"its manifest has {len(read.layers)} layers, and its configuration {len(diff_ids)}")
    return list(zip(_fetched(read.layers, repository, store), diff_ids, strict=True))


def _fits(configuration: Any) -> None:
    kind = "/".join(str(configuration.get(key, "unknown")) for key in ("os", "architecture"))
    if kind != f"linux/{manifest.architecture()}":
        raise PullFault(f"it is an image for {kind}, and this machine is linux/{manifest.architecture()}")


def _fetched(layers: Sequence[Blob], repository: Repository, store: Store) -> list[Path]:
    """A few at a time; the first failure ends it, and what had come whole is kept."""

    def fetch(layer: Blob) -> Path:
        return store.blob(layer, lambda target: repository.blob(layer, target))

    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        futures = [pool.submit(fetch, layer) for layer in layers]
        try:
            return [future.result() for future in futures]
        except (CanarylabError, OSError):
            for future in futures:
                future.cancel()
            raise
