"""Which meshes there are, and which of them a rule is for: one, or those of a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from canarylab.kube.reconcile import Json, World
from canarylab.supergloo import kinds
from canarylab.supergloo.api.data import Ref
from canarylab.supergloo.api.install import Install
from canarylab.supergloo.api.mesh import Mesh, MeshGroup
from canarylab.supergloo.refusal import Refusal, only, parsed, unknown

TYPES = {"istio": "istio", "linkerd": "linkerd", "awsAppMesh": "appmesh", "consul": "consul"}
"""The types of meshes as a Mesh names them, and the dialects that they speak."""

Key = tuple[str, str]  # namespace and name


@dataclass(frozen=True, order=True)
class Registered:
    """A Mesh: the dialect that it speaks, whether its pods prove who they are, and whether it takes TrafficSplits."""

    namespace: str
    name: str
    dialect: str
    mtls: bool = False
    smi: bool = False

    def __str__(self) -> str:
        return f"{self.name}.{self.namespace}"


Chosen = tuple[tuple[Registered, ...], tuple[str, ...]]
"""Meshes, and in words what is left out."""


@dataclass(frozen=True)
class Targets:
    """What a rule can be for. A Mesh that does not count stands with the reason."""

    meshes: Mapping[Key, Registered | str]
    groups: Mapping[Key, tuple[Ref, ...]]

    def of(self, ref: Ref) -> Chosen:
        """The meshes that a rule for this one, or for this group, is for; Refusal if there is none."""
        key = (ref.namespace, ref.name)
        return ((self.mesh(ref),), ()) if key in self.meshes or key not in self.groups else self.group(ref)

    def group(self, ref: Ref) -> Chosen:
        """The meshes of a group, and why some are left out; Refusal if none is left."""
        found, missing = set[Registered](), []
        for member in self.groups[ref.namespace, ref.name]:
            try:
                found.add(self.mesh(member))
            except Refusal as error:
                missing.append(f"mesh group {ref}: {error.what}")
        if not found:
            raise Refusal("; ".join(missing) or f"mesh group {ref} has no meshes")
        return tuple(sorted(found)), tuple(missing)

    def mesh(self, ref: Ref) -> Registered:
        """One mesh; Refusal if it is not there or does not count."""
        found = self.meshes.get((ref.namespace, ref.name))
        if isinstance(found, Registered):
            return found
        if found is not None:
            raise Refusal(f"mesh {ref} {found}")
        near = {name for namespace, name in [*self.meshes, *self.groups] if namespace == ref.namespace}
        raise unknown(f"mesh in namespace {ref.namespace} called", ref.name, near)

    def smi(self) -> tuple[Registered, ...]:
        """The meshes that take TrafficSplits which name none."""
        return tuple(sorted(one for one in self.meshes.values() if isinstance(one, Registered) and one.smi))


def targets(world: World) -> Targets:
    """Every Mesh and MeshGroup."""
    gone = _disabled(world)
    meshes = {_key(item): _counted(item, gone) for item in kinds.items(world, kinds.MESH)}
    return Targets(meshes, {_key(item): _members(item) for item in kinds.items(world, kinds.MESH_GROUP)})


def _key(item: Json) -> Key:
    return item["metadata"]["namespace"], item["metadata"]["name"]


def registered(item: Json) -> Registered:
    """A Mesh; Refusal if it has not exactly one type."""
    spec = parsed(Mesh, item)
    given = [name for name in TYPES if name in item.get("spec", {})]
    mtls = spec.mtls_config is not None and spec.mtls_config.mtls_enabled
    return Registered(*_key(item), TYPES[only("spec", given, list(TYPES))], mtls, spec.smi_enabled)


def _counted(item: Json, gone: Mapping[Key, str]) -> Registered | str:
    if _key(item) in gone:
        return f"is not installed: Install {gone[_key(item)]} is disabled"
    try:
        return registered(item)
    except Refusal as error:
        return f"is refused: {error.what}"


def _members(item: Json) -> tuple[Ref, ...]:
    try:
        return parsed(MeshGroup, item).meshes
    except Refusal:  # told on its own status
        return ()


def _disabled(world: World) -> dict[Key, str]:
    """The meshes of Installs that are disabled, with the Install's name."""
    gone = {}
    for item in kinds.items(world, kinds.INSTALL):
        if item.get("spec", {}).get("disabled"):
            ref = installed(item)
            gone[ref.namespace, ref.name] = item["metadata"]["name"]
    return gone


def installed(item: Json) -> Ref:
    """The Mesh that comes of an Install: the one that it names, else one called as itself."""
    try:
        mesh = parsed(Install, item).mesh
    except Refusal:
        mesh = None
    own = Ref(name=item["metadata"]["name"], namespace=item["metadata"]["namespace"])
    return mesh.installed_mesh if mesh and mesh.installed_mesh else own
