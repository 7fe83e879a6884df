"""The methods of the CRI's ImageService, over the shelf of pulled images."""

from __future__ import annotations

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
        seen = [image for image in self._node.shelf.all() if not wanted or wanted in image.names()]
        return self._pb.ListImagesResponse(images=[self._view(image) for image in seen])

    def ImageStatus(self, request: Any) -> Any:  # noqa: N802
        image = self._node.shelf.find(request.image.image)
        if image is None:
            return self._pb.ImageStatusResponse()
        return self._pb.ImageStatusResponse(image=self._view(image), info=self._info(image) if request.verbose else {})

    def PullImage(self, request: Any) -> Any:  # noqa: N802
        return self._pb.PullImageResponse(image_ref=self._node.shelf.pull(request.image.image).ref)

    def RemoveImage(self, request: Any) -> Any:  # noqa: N802
        self._node.shelf.remove(request.image.image)
        return self._pb.RemoveImageResponse()

    def ImageFsInfo(self, _: Any) -> Any:  # noqa: N802
        used = Stats(self._pb, self._node.shelf.folder).images()
        return self._pb.ImageFsInfoResponse(image_filesystems=[used], container_filesystems=[used])

    def _view(self, image: Image) -> Any:
        return self._node.views.image(image, self._recipe(image))

    def _recipe(self, image: Image) -> Recipe | None:
        try:
            return self._node.shelf.recipe(image)
        except PullFailed:  # it was taken out of the file since
            return None

    def _info(self, image: Image) -> dict[str, str]:
        recipe = self._recipe(image)
        return {"program": image.ref, "file": image.file, "source": recipe.source if recipe else ""}
