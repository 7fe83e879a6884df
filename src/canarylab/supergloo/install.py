"""Turns Installs into the objects of the meshes that shall be there, a Mesh for each, and the Installs' statuses.

An Install that is disabled, or gone, makes nothing, so that what it had made is deleted. One that was good and is
edited into one that cannot be is refused, and leaves what is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from canarylab.kube import manifests
from canarylab.kube.reconcile import Json, Wanted, World
from canarylab.supergloo import kinds, offers, progress
from canarylab.supergloo.api.data import Ref
from canarylab.supergloo.api.install import GlooInstall, Install, IstioInstall, LinkerdInstall
from canarylab.supergloo.offers import Offer, Offers
from canarylab.supergloo.progress import Asked, label
from canarylab.supergloo.refusal import Refusal, only, parsed
from canarylab.supergloo.rules import age


@dataclass
class Entry:
    """One Install as it was read: what it asks for and what tells of it then, and why it cannot be.

    ``second`` says that another Install is for the same.
    """

    item: Json
    disabled: bool = False
    key: str = ""
    offer: Offer | None = None
    asked: Asked | None = None
    made: Ref | None = None
    refused: list[str] = field(default_factory=list)
    second: bool = False


def decide(world: World, offered: Offers) -> Wanted:
    """What shall be installed, and the status of each Install."""
    entries = [_read(item, offered) for item in sorted(kinds.items(world, kinds.INSTALL), key=age)]
    _once(entries)
    there = [entry for entry in entries if _installed(entry, world)]
    objects = (*_objects(there, offered), *map(_mesh, there))
    wanted = set(map(label, objects))
    made = {id(entry): list(_objects([entry], offered)) for entry in there}
    statuses = [(entry.item, _status(entry, made.get(id(entry)), wanted, world)) for entry in entries]
    return Wanted(objects, tuple(statuses))


def _read(item: Json, offered: Offers) -> Entry:
    entry = Entry(item)
    try:
        spec = parsed(Install, item)
        entry.disabled = spec.disabled
        entry.key, entry.asked, entry.made = _asked(spec, item)
        entry.offer = _offer(entry.key, offered)
    except Refusal as error:
        entry.refused.append(error.what)
        return entry
    entry.refused += _objections(spec, entry.asked, entry.offer)
    return entry


def _asked(spec: Install, item: Json) -> tuple[str, Asked, Ref]:
    """The one thing that an Install is for, what is asked of it, and what tells of it then."""
    mesh, ingress, meta = spec.mesh, spec.ingress, item["metadata"]
    found: dict[str, Asked | None] = {
        offers.ISTIO: mesh.istio_mesh if mesh else None,
        offers.LINKERD: mesh.linkerd_mesh if mesh else None,
        offers.GLOO: ingress.gloo if ingress else None,
    }
    given = {name: asked for name, asked in found.items() if asked is not None}
    key = only("spec", list(given), list(found))
    named = (mesh and mesh.installed_mesh) or (ingress and ingress.installed_ingress)
    return key, given[key], named or Ref(name=meta["name"], namespace=meta["namespace"])


def _offer(key: str, offered: Offers) -> Offer:
    if key not in offered.known:
        titles = ", ".join(one.title for one in offered.known.values())
        raise Refusal(f"{key.rpartition('.')[2]} cannot be installed here; {titles} can")
    return offered.known[key]


def _objections(spec: Install, asked: Asked, offer: Offer) -> Iterator[str]:
    version, namespace = _version(asked), spec.installation_namespace
    if version not in ("", offer.version):
        yield f"there is no {offer.title} {version} here; there is {offer.version}"
    if namespace not in ("", offer.namespace):
        yield f"{offer.title} lives in the namespace {offer.namespace} here, not in {namespace}"


def _version(asked: Asked) -> str:
    match asked:
        case IstioInstall():
            return asked.istio_version
        case LinkerdInstall():
            return asked.linkerd_version
        case GlooInstall():
            return asked.gloo_version


def _once(entries: Sequence[Entry]) -> None:
    """Refuses a second Install of one thing: the oldest holds."""
    first: dict[str, Entry] = {}
    for entry in entries:
        if entry.offer is None or entry.disabled or entry.refused:
            continue
        other = first.setdefault(entry.key, entry)
        if other is not entry:
            entry.second = True
            entry.refused.append(f"{entry.offer.title} is installed by {manifests.label(other.item)} already")


def _installed(entry: Entry, world: World) -> bool:
    """Whether it makes something: one that has become impossible does as long as its Mesh is there."""
    if entry.disabled or entry.offer is None or entry.second:
        return False
    return not entry.refused or any(label(item) == label(_mesh(entry)) for item in _ours(world))


def _ours(world: World) -> Iterator[Json]:
    """The Meshes and ingresses that come of Installs."""
    for kind in (kinds.MESH, kinds.MESH_INGRESS):
        yield from filter(kinds.ours, kinds.items(world, kind))


def _objects(entries: Sequence[Entry], offered: Offers) -> Iterator[Json]:
    """What some Installs stand for together."""
    names = [entry.offer.mesh for entry in entries if entry.offer]
    return offered.objects(names, prometheus=any(map(_with_prometheus, entries)))


def _with_prometheus(entry: Entry) -> bool:
    """Only Istio can be had without it."""
    return not isinstance(entry.asked, IstioInstall) or entry.asked.install_prometheus


def _mesh(entry: Entry) -> Json:
    """The Mesh or the ingress: it tells what is there, not what was asked for."""
    offer, ref = entry.offer, entry.made
    assert offer is not None and ref is not None  # noqa: S101, PT018 - of one that was read
    where = {"installationNamespace": offer.namespace}
    if isinstance(entry.asked, GlooInstall):
        return kinds.made(kinds.MESH_INGRESS, ref.name, ref.namespace, {offer.type: where})
    found = {**where, "meshVersion": offer.version, "enableAutoInject": False}
    spec = {offer.type: {**where, "version": offer.version}, "discoveryMetadata": found}
    return kinds.made(kinds.MESH, ref.name, ref.namespace, {**spec, "mtlsConfig": {"mtlsEnabled": False}})


def _status(entry: Entry, made: Sequence[Json] | None, wanted: set[progress.Label], world: World) -> Json:
    if entry.refused:
        return progress.refused(entry.item, entry.refused, stays=made is not None)
    if made is None or entry.offer is None:
        return progress.gone(entry.item, wanted, world)
    told = f"{entry.offer.title} {entry.offer.version} is installed in {entry.offer.namespace}"
    return progress.installed(entry.item, told, entry.asked, made, world)
