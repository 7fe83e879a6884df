"""The meshes, by name: Istio, none, or Istio with the APIs of other providers of Flagger's served."""

from __future__ import annotations

from canarylab.errors import UsageError
from canarylab.meshes import providers
from canarylab.meshes.istio import Istio
from canarylab.meshes.mesh import Mesh
from canarylab.meshes.none import NoMesh
from canarylab.meshes.provider import Provider
from canarylab.meshes.served import Served
from canarylab.meshes.supergloo import SuperGloo

__all__ = ["ALL", "Mesh", "Provider", "chosen", "get", "names", "providers"]

ALL = "all"

_MESHES: dict[str, Mesh] = {mesh.name: mesh for mesh in (Istio(), NoMesh(), SuperGloo())}


def names() -> list[str]:
    """The meshes that there are, beside :data:`ALL` and lists of providers with commas between them."""
    return sorted({*_MESHES, *providers.every()} - {"kubernetes"})


def get(name: str) -> Mesh:
    """The mesh of that name, or Istio with the providers named; UsageError that lists the known ones."""
    if name in _MESHES:
        return _MESHES[name]
    found = chosen(name)
    return Served(name, found, found[0].spelling if len(found) == 1 else "istio")


def chosen(name: str) -> tuple[Provider, ...]:
    """The providers that a name stands for: one, several with commas between them, or all; UsageError as above.

    A mesh that serves none, such as ``none``, stands for no provider.
    """
    known = providers.every()
    if name in _MESHES and name not in known:
        return ()
    wanted = list(known) if name == ALL else name.split(",")
    for one in wanted:
        if one not in known:
            raise UsageError(f"no mesh named {one!r}", next_step=f"choose one of {', '.join([*names(), ALL])}")
    return tuple(known[one] for one in wanted)
