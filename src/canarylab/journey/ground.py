"""What a rollout ran on, as its report tells it: what was real, what stood in, and what is behind each image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.clusters.cluster import LOCAL
from canarylab.clusters.local.cri.images import Catalogue, Recipe
from canarylab.errors import CanarylabError
from canarylab.kube import rest
from canarylab.kube.apply import path
from canarylab.report.case import Ground, Image
from canarylab.stack import Stack
from canarylab.toolchain import Toolset

Json = dict[str, Any]

ITSELF = "(the cluster itself)"
THEIRS = "the cluster's own registry"


def of(stack: Stack, namespace: str, files: Sequence[Path] = ()) -> Ground:
    """As the stack describes itself, and the images of its pods; ``files`` are the user's images files.

    On a local cluster these are all pods, each image with the program behind it; elsewhere those of the test's
    ``namespace``, Flagger's and the load tester's, with their digests.
    """
    lines = tuple(replace(stack, seconds={}).describe())
    if stack.cluster.rung == LOCAL:
        return Ground(lines, _local(stack, files))
    spaces = dict.fromkeys((namespace, stack.flagger.namespace, stack.tester.namespace))
    return Ground(lines, tuple(pulled(pod for space in spaces for pod in _pods(stack, space))))


def pulled(pods: Iterable[Json]) -> list[Image]:
    """The images that a cluster has pulled, each once, by what the kubelet says of them."""
    statuses = [one for pod in pods for one in pod.get("status", {}).get("containerStatuses") or ()]
    found = {one["image"]: one.get("imageID", "").rpartition("sha256:")[2] for one in statuses}
    return [Image(name, "image", "", digest, THEIRS) for name, digest in sorted(found.items())]


def _pods(stack: Stack, namespace: str = "") -> list[Json]:
    """Pods; nothing when the cluster does not answer any more."""
    try:
        found: list[Json] = rest.send(stack.cluster.api_client(), "GET", path("v1", "pods", namespace))["items"]
    except CanarylabError:
        return []
    return found


def _local(stack: Stack, files: Sequence[Path]) -> tuple[Image, ...]:
    from canarylab.clusters.local.cluster import LocalCluster  # noqa: PLC0415 - only this rung needs the extra [local]

    assert isinstance(stack.cluster, LocalCluster)  # noqa: S101 - by its rung
    toolset, catalogue = stack.cluster.toolset, Catalogue.read((paths.fixtures() / "images.yaml", *files))
    names = sorted({one["image"] for pod in _pods(stack) for one in pod["spec"]["containers"]})
    return (*_cluster(toolset), *(_image(name, catalogue.find(name), toolset) for name in names))


def _cluster(toolset: Toolset) -> Iterator[Image]:
    """The programs that no image stands for."""
    from canarylab.clusters.local.cluster import PROGRAMS  # noqa: PLC0415 - only this rung needs the extra [local]

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
