"""The application that a project is about: what its manifests say, and what the user adds. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from canarylab.errors import UsageError
from canarylab.journey.application import canary_of
from canarylab.starter.wish import Wish, label

Json = dict[str, Any]

_PORT = 8080
_KINDS = ("Deployment", "DaemonSet")  # of the workloads that a Canary may target


@dataclass(frozen=True)
class Subject:
    """An application. ``kind`` and ``name`` are of the workload, ``image`` is its container's.

    ``canary`` and ``target`` are the objects of the user's files, None where there are none and they are to be written.
    """

    name: str
    kind: str
    container: str
    port: int
    image: str
    canary: Json | None = None
    target: Json | None = None

    @property
    def next_tag(self) -> str:
        """A tag for the next revision: a number is counted on."""
        last = self.image.partition("@")[0].rpartition("/")[2]
        tag = last.partition(":")[2] or "1"
        return re.sub(r"\d+$", lambda found: str(int(found[0]) + 1), tag) if tag[-1].isdigit() else f"{tag}-next"


def of(objects: Sequence[Json], wish: Wish, folder: str) -> Subject:
    """The subject of a project in a folder of that name; UsageError says what is missing or not clear."""
    where = ", ".join(map(str, wish.files))
    has_canary = wish.canary is not None or any(one["kind"] == "Canary" for one in objects)
    canary = canary_of(objects, where) if has_canary else None
    target = _target(objects, canary, wish, where)
    _not_ours(canary, target, wish, where)
    name = _name(canary, target, wish, folder)
    container = _container(target, wish, where) if target else {"name": wish.container or name}
    return Subject(
        name=name,
        kind=target["kind"] if target else "Deployment",
        container=container["name"],
        port=wish.port or _port(canary, container),
        image=container.get("image") or wish.image or f"example.org/{name}:1",
        canary=canary,
        target=target,
    )


def _target(objects: Sequence[Json], canary: Json | None, wish: Wish, where: str) -> Json | None:
    """The workload that the Canary targets, or is to target; None if one is to be written."""
    found = [one for one in objects if one["kind"] in _KINDS]
    named = canary["spec"]["targetRef"]["name"] if canary else wish.name
    fit = [one for one in found if not named or one["metadata"]["name"] == named]
    if len(fit) == 1:
        return fit[0]
    if not wish.manifests:
        return None
    names = ", ".join(one["metadata"]["name"] for one in found) or "none"
    if len(fit) > 1:
        raise UsageError(f"more than one workload stands there: {names}", where=where, next_step="choose by --name")
    what = f"no Deployment {named} stands there" if named else "no Deployment stands there"
    raise UsageError(what, where=where, next_step=f"name the file that holds it by --manifests; there is: {names}")


def _not_ours(canary: Json | None, target: Json | None, wish: Wish, where: str) -> None:
    """UsageError where the user's files decide what the user gives as well."""
    named = target["metadata"]["name"] if target else canary["spec"]["targetRef"]["name"] if canary else wish.name
    decided = [("--name", wish.name, named)] + ([("--image", wish.image, "")] if target else [])
    for option, given, wanted in decided:
        if given and given != wanted:
            what = f"{option} {given} is not what the files say"
            raise UsageError(what, where=where, next_step=f"leave {option} out: the files decide it")


def _name(canary: Json | None, target: Json | None, wish: Wish, folder: str) -> str:
    if target:
        return str(target["metadata"]["name"])
    if canary:
        return str(canary["spec"]["targetRef"]["name"])
    name = wish.name or re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")[:40].strip("-")
    if not label(name):
        raise UsageError("the application needs a name", where=folder, next_step="give one by --name")
    return name


def _container(target: Json, wish: Wish, where: str) -> Json:
    """The container that revisions change."""
    found = containers(target)
    for one in found:
        if one["name"] == (wish.container or found[0]["name"]):
            return one
    label_ = f"{target['kind']} {target['metadata']['name']}"
    names = ", ".join(one["name"] for one in found) or "none"
    what = f"{label_} has no container {wish.container}" if wish.container else f"{label_} has no containers"
    raise UsageError(what, where=where, next_step=f"name one that it has by --container: {names}")


def containers(target: Json) -> list[Json]:
    """The containers of a workload; none where its template is not complete."""
    spec = ((target.get("spec") or {}).get("template") or {}).get("spec") or {}
    return list(spec.get("containers") or ())


def _port(canary: Json | None, container: Json) -> int:
    """Where the application listens: as the Canary's Service has it, else the container."""
    service = canary["spec"].get("service", {}) if canary else {}
    named = [service.get("targetPort"), *(one.get("containerPort") for one in container.get("ports") or ())]
    return next((one for one in (*named, service.get("port")) if isinstance(one, int)), _PORT)


def missing(subject: Subject, objects: Iterable[Json], where: str) -> None:
    """UsageError when the Canary needs an object that stands in none of the files."""
    there = {(one["kind"], one["metadata"]["name"]) for one in objects}
    for kind, name in _needed(subject.canary or {}):
        if (kind, name) not in there:
            what = f"the Canary needs the {kind} {name}, which stands in none of the files"
            raise UsageError(what, where=where, next_step="name the file that holds it by --manifests")


def _needed(canary: Json) -> list[tuple[str, str]]:
    spec = canary.get("spec", {})
    scaler = spec.get("autoscalerRef")
    needed = [(scaler["kind"], scaler["name"])] if scaler else []
    metrics = (spec.get("analysis") or {}).get("metrics") or ()
    return needed + [("MetricTemplate", one["templateRef"]["name"]) for one in metrics if one.get("templateRef")]
