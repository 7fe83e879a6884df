"""SuperGloo: one API of rules above several meshes. This package is pure but for its controller and command line."""

from __future__ import annotations

from canarylab.kube.reconcile import Kind, Wanted, World
from canarylab.supergloo.api.data import API_VERSION, GROUP, NAMESPACE
from canarylab.supergloo.decision import decide
from canarylab.supergloo.definitions import crds
from canarylab.supergloo.kinds import MADE, OWNER, WATCHED

__all__ = [
    "API_VERSION", "GROUP", "MADE", "NAMESPACE", "OWNER", "WATCHED", "Kind", "Wanted", "World", "crds", "decide",
]  # fmt: skip
