"""The methods of the CRI's ImageService, over the shelf of pulled images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from canarylab.clusters.local.cri.images import Recipe
from canarylab.clusters.local.cri.node import Node
from canarylab.clusters.local.cri.shelf import Image, PullFailed
from canarylab.clusters.local.cri.stats import Stats


class ImageService:
    """One method per rpc, named as the rpc."""

    def __init__(self, node: Node) -> None:
        self._node, self._pb = node, node.messages

    def ListImages(self, request: Any) -> Any:  # noqa: N802
        wanted = request.filter.image.image
        found = self._node.shelf.find(wanted) if wanted else None
        seen = [same for same in self._node.shelf.by_id() if not wanted or found in same]
        return self._pb.ListImagesResponse(images=[self._view(same) for same in seen])

    def ImageStatus(self, request: Any) -> Any:  # noqa: N802
        image = self._node.shelf.find(request.image.image)
        if image is None:
            return self._pb.ImageStatusResponse()
        same = next(same for same in self._node.shelf.by_id() if image in same)
        return self._pb.ImageStatusResponse(image=self._view(same), info=self._info(image) if request.verbose else {})

    def PullImage(self, request: Any) -> Any:  # noqa: N802
        image = self._node.shelf.pull(request.image.image, _credential(request.auth))
        return self._pb.PullImageResponse(image_ref=image.id)

    def RemoveImage(self, request: Any) -> Any:  # noqa: N802
        self._node.shelf.remove(request.image.image)
        return self._pb.RemoveImageResponse()

    def ImageFsInfo(self, _: Any) -> Any:  # noqa: N802
        used = Stats(self._pb, self._node.shelf.folder).images()
        return self._pb.ImageFsInfoResponse(image_filesystems=[used], container_filesystems=[used])

    def _view(self, same: Sequence[Image]) -> Any:
        return self._node.views.image(same, self._recipe(same[0]))

    def _recipe(self, image: Image) -> Recipe | None:
        try:
            return self._node.shelf.recipe(image)
        except PullFailed:  # it was taken out of the file since
            return None

    def _info(self, image: Image) -> dict[str, str]:
        recipe = self._recipe(image)
        file = image.file or image.root
        return {"program": image.ref, "file": file, "source": recipe.source if recipe else ""}


def _credential(auth: Any) -> dict[str, str]:
    """The kubelet's AuthConfig as an entry of a docker configuration, which is what it was made from."""
    return {
        "username": auth.username,
        "password": auth.password,
        "auth": auth.auth,
        "identitytoken": auth.identity_token,
        "registrytoken": auth.registry_token,
    }
