"""What a rollout ran on, as its report tells it: what was real, what stood in, and the program behind each image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from canarylab import paths
from canarylab.clusters.local.cluster import PROGRAMS
from canarylab.clusters.local.cri.images import Catalogue, Recipe
from canarylab.errors import CanarylabError
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.report.case import Ground, Image
from canarylab.stack import Stack
from canarylab.toolchain import Toolset

ITSELF = "(the cluster itself)"


def of(stack: Stack, files: Sequence[Path] = ()) -> Ground:
    """As the stack describes itself, and the images of all pods that run now; ``files`` are the user's images files."""
    lines = tuple(replace(stack, seconds={}).describe())
    catalogue = Catalogue.read((paths.fixtures() / "images.yaml", *files))
    toolset = stack.cluster.toolset
    found = [_image(name, catalogue.find(name), toolset) for name in _running(stack)]
    return Ground(lines, (*_cluster(toolset), *found))


def _running(stack: Stack) -> list[str]:
    """The images of all pods; nothing when the cluster does not answer any more."""
    try:
        pods = rest.send(stack.cluster.api_client(), "GET", path("v1", "pods"))["items"]
    except CanarylabError:
        return []
    return sorted({container["image"] for pod in pods for container in pod["spec"]["containers"]})


def _cluster(toolset: Toolset) -> Iterator[Image]:
    """The programs that no image stands for."""
    for one in map(toolset.describe, PROGRAMS):
        yield Image(ITSELF, one.name, one.version, one.sha256, one.origin)


def _image(name: str, recipe: Recipe | None, toolset: Toolset) -> Image:
    """An image of a program of the toolchain, or of something that the host has."""
    if recipe is None:
        return Image(name, "nothing", "", "", "no entry of an images file fits")
    if recipe.program:
        one = toolset.describe(recipe.program)
        return Image(name, one.name, one.version, one.sha256, one.origin)
    return Image(name, recipe.path or " ".join(recipe.command), "", "", "the host")
