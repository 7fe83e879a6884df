"""The meshes, by name: one file each, one line here."""

from __future__ import annotations

from canarylab.errors import UsageError
from canarylab.meshes.istio import Istio
from canarylab.meshes.mesh import Mesh
from canarylab.meshes.none import NoMesh

__all__ = ["Mesh", "get", "names"]

_MESHES: dict[str, Mesh] = {mesh.name: mesh for mesh in (Istio(), NoMesh())}


def names() -> list[str]:
    """The meshes that there are."""
    return sorted(_MESHES)


def get(name: str) -> Mesh:
    """The mesh of that name; UsageError that lists the known ones."""
    if name not in _MESHES:
        raise UsageError(f"no mesh named {name!r}", next_step=f"choose one of {', '.join(names())}")
    return _MESHES[name]
