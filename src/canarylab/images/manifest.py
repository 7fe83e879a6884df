"""What registries answer about an image, read: an index's choice for this machine, a manifest's config and layers."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from canarylab.images.problem import PullFault

_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
ACCEPT = ", ".join((*_INDEXES, *_MANIFESTS))
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


@dataclass(frozen=True)
class Blob:
    """A piece by its digest, ``sha256:HEX``, and its size in bytes."""

    digest: str
    size: int

    @property
    def hex(self) -> str:
        return self.digest.removeprefix("sha256:")


@dataclass(frozen=True)
class Manifest:
    """One image: its configuration, and its layers from the lowest on."""

    config: Blob
    layers: tuple[Blob, ...]

    @property
    def size(self) -> int:
        """What pulling it brings, in bytes."""
        return self.config.size + sum(layer.size for layer in self.layers)


def architecture() -> str:
    """This machine's, as images call it."""
    machine = platform.machine()
    return _MACHINES.get(machine, machine)


def parse(data: bytes) -> Mapping[str, Any]:
    """A manifest's or configuration's JSON."""
    try:
        read = json.loads(data)
    except ValueError as error:
        raise PullFault("what the registry answers is no JSON") from error
    if not isinstance(read, dict):
        raise PullFault("what the registry answers is no manifest")
    return read


def is_index(read: Mapping[str, Any]) -> bool:
    """Whether it lists images of several machines."""
    return read.get("mediaType") in _INDEXES or "manifests" in read


def chosen(index: Mapping[str, Any], wanted: str) -> Blob:
    """The image for Linux on a machine of the architecture ``wanted``."""
    offers = [(_platform(each), each) for each in index.get("manifests", ())]
    fits = [each for kind, each in offers if kind.split("/")[:2] == ["linux", wanted]]
    if not fits:
        known = ", ".join(sorted({kind for kind, _ in offers if not kind.startswith("unknown")})) or "none"
        raise PullFault(f"it has no image for linux/{wanted}; it has: {known}")
    return _blob(fits[0])


def image(read: Mapping[str, Any]) -> Manifest:
    """The image that a manifest describes."""
    if read.get("schemaVersion") != 2 or "config" not in read:
        raise PullFault(
            "its manifest is of an old or another kind", next_step="push it anew with a tool of these years"
        )
    layers = read.get("layers", ())
    if foreign := [each for each in layers if each.get("urls")]:
        raise PullFault(f"{len(foreign)} of its layers are not in the registry, as those of Windows' images are not")
    return Manifest(_blob(read["config"]), tuple(map(_blob, layers)))


def _platform(entry: Mapping[str, Any]) -> str:
    told = entry.get("platform") or {}
    words: Sequence[str] = [told.get("os", "unknown"), told.get("architecture", "unknown"), told.get("variant", "")]
    return "/".join(word for word in words if word)


def _blob(entry: Mapping[str, Any]) -> Blob:
    digest, size = entry.get("digest"), entry.get("size")
    hexadecimal = str(digest).removeprefix("sha256:")
    if not str(digest).startswith("sha256:") or len(hexadecimal) != 64 or set(hexadecimal) - set("0123456789abcdef"):
        raise PullFault(f"it names a piece by {digest!r}, which is no SHA-256")
    if not isinstance(size, int) or size < 0:
        raise PullFault(f"it gives no size of {digest}")
    return Blob(str(digest), size)
