"""Writes an image as an OCI layout, the folder that crane and other tools push: blobs by digest, and an index."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
Descriptor = dict[str, Any]


class Layout:
    """A layout that is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blobs = folder / "blobs" / "sha256"
        self._blobs.mkdir(parents=True)
        (folder / "oci-layout").write_text(json.dumps({"imageLayoutVersion": "1.0.0"}))

    def data(self, kind: str, data: bytes) -> Descriptor:
        """A blob of these bytes."""
        digest = hashlib.sha256(data).hexdigest()
        (self._blobs / digest).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}

    def file(self, kind: str, file: Path) -> Descriptor:
        """A blob with a file's content."""
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        shutil.copyfile(file, self._blobs / digest)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": file.stat().st_size}

    def json(self, kind: str, content: Mapping[str, Any]) -> Descriptor:
        """A blob of JSON."""
        return self.data(kind, json.dumps(content, sort_keys=True).encode())

    def manifest(self, config: Descriptor, layers: Sequence[Descriptor], **further: Any) -> Descriptor:
        """The manifest of an image or artifact."""
        content = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": list(layers), **further}
        return self.json(MANIFEST, content)

    def index(self, manifests: Sequence[Descriptor]) -> Descriptor:
        """An index of several machines' images, as a blob."""
        return self.json(_INDEX, {"schemaVersion": 2, "mediaType": _INDEX, "manifests": list(manifests)})

    def finish(self, top: Descriptor) -> None:
        """Names what the layout is about; nothing is whole before."""
        index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [top]}
        (self.folder / "index.json").write_text(json.dumps(index))
