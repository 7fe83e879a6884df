"""What registries answer about images."""

from __future__ import annotations

from typing import Any

import pytest

from canarylab.images import manifest
from canarylab.images.manifest import Blob
from canarylab.images.problem import PullFault

DIGESTS = [f"sha256:{number:064x}" for number in range(9)]


def offer(number: int, system: str, machine: str, variant: str = "") -> dict[str, Any]:
    kind = {"os": system, "architecture": machine} | ({"variant": variant} if variant else {})
    return {"digest": DIGESTS[number], "size": number, "platform": kind}


INDEX = {
    "schemaVersion": 2,
    "manifests": [
        offer(1, "windows", "amd64"),
        offer(2, "linux", "arm64", "v8"),
        offer(3, "linux", "amd64"),
        offer(4, "unknown", "unknown"),
    ],
}


def test_an_index_offers_the_image_of_this_machine() -> None:
    assert manifest.is_index(INDEX)
    assert manifest.chosen(INDEX, "amd64") == Blob(DIGESTS[3], 3)
    assert manifest.chosen(INDEX, "arm64") == Blob(DIGESTS[2], 2)


def test_a_machine_that_an_index_has_no_image_for_is_told_what_it_has() -> None:
    with pytest.raises(PullFault, match="no image for linux/s390x; it has: linux/amd64, linux/arm64/v8, windows/amd64"):
        manifest.chosen(INDEX, "s390x")


def test_a_manifest_names_config_and_layers() -> None:
    layers = [{"digest": DIGESTS[n], "size": n} for n in (2, 3)]
    read = manifest.image({"schemaVersion": 2, "config": {"digest": DIGESTS[1], "size": 1}, "layers": layers})
    assert read == manifest.Manifest(Blob(DIGESTS[1], 1), (Blob(DIGESTS[2], 2), Blob(DIGESTS[3], 3)))
    assert read.size == 6


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"schemaVersion": 1, "fsLayers": []}, "of an old or another kind"),
        ({"schemaVersion": 2, "config": {"digest": "sha256:../../x", "size": 1}}, "no SHA-256"),
        ({"schemaVersion": 2, "config": {"digest": "md5:1", "size": 1}}, "no SHA-256"),
        ({"schemaVersion": 2, "config": {"digest": DIGESTS[1], "size": -1}}, "no size"),
        ({"schemaVersion": 2, "config": {}, "layers": [{"urls": ["https://x"]}]}, "not in the registry"),
    ],
)
def test_what_is_no_image_is_refused(content: dict[str, Any], words: str) -> None:
    with pytest.raises(PullFault, match=words):
        manifest.image(content)


@pytest.mark.parametrize("data", [b"<html>", b"[]", b""])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(PullFault, match="what the registry answers is no"):
        manifest.parse(data)
