"""What is asked of a kind cluster, and the node image that it comes to: pinned by digest, or one's own. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from canarylab.errors import UsageError
from canarylab.toolchain.versions import known, numbers

ENGINES = ("docker", "podman")
NODES = 2  # a control plane and a worker
MOST = 20  # nodes; more than an engine on one machine bears


@dataclass(frozen=True)
class Asked:
    """``kubernetes`` is a minor version (``1.36``) or the whole one, ``image`` a node image of one's own.

    ``nodes`` counts the control plane and the workers, ``engine`` is one of ENGINES or empty for the one that is there.
    """

    kubernetes: str = ""
    nodes: int = NODES
    engine: str = ""
    image: str = ""


@dataclass(frozen=True)
class NodeImage:
    """A node image, and the version of Kubernetes in it; without one where nobody told."""

    reference: str
    kubernetes: str = ""


def pinned() -> dict[str, str]:
    """The node images by minor version, each with its digest."""
    found: dict[str, Any] = known()["kind"]["nodes"]
    return {minor: str(one["image"]) for minor, one in found.items()}


def preloaded(mesh: str) -> tuple[str, ...]:
    """The images that a stack with that mesh runs on its nodes."""
    images = known()["kind"]["images"]
    return (*images["every"], *images.get(mesh, ()))


def node_image(asked: Asked) -> NodeImage:
    """The node image that is meant; UsageError for a version of which none is pinned."""
    if asked.image:
        return NodeImage(asked.image, asked.kubernetes or version_in(asked.image))
    images = pinned()
    newest = max(images, key=numbers)
    wanted = asked.kubernetes.removeprefix("v") or newest
    for reference in images.values():
        if wanted == version_in(reference):
            return NodeImage(reference, wanted)
    if wanted in images:
        return NodeImage(images[wanted], version_in(images[wanted]))
    told = ", ".join(version_in(one) for one in images.values())
    raise UsageError(
        f"no node image of Kubernetes {asked.kubernetes} is pinned", where="--kubernetes",
        next_step=f"choose one of {told}, or a minor version of these, or name an image of your own by --node-image",
    )  # fmt: skip


def version_in(reference: str) -> str:
    """The version in an image's tag; empty if it has none there."""
    found = re.search(r":v?(\d+\.\d+\.\d+)", reference)
    return found[1] if found else ""


def require(asked: Asked) -> None:
    """UsageError for what no cluster can be made of."""
    if not 1 <= asked.nodes <= MOST:
        raise UsageError(f"{asked.nodes} nodes", where="--nodes", next_step=f"choose 1 to {MOST}")
    if asked.engine and asked.engine not in ENGINES:
        raise UsageError(f"no engine {asked.engine!r}", where="--engine", next_step=f"choose {' or '.join(ENGINES)}")
    node_image(asked)
