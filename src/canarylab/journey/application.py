"""The application under test: its objects, its canary, its users, and a change that ships a new revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.errors import UsageError
from canarylab.journey import moved
from canarylab.kube import manifests
from canarylab.model.canary import Canary

Json = dict[str, Any]

PER_SECOND = 60.0  # so that 300 answers come of a tick even where a busy machine made it three seconds shorter
NOBODY = "(?!)"  # a regular expression that finds nothing


@dataclass(frozen=True)
class Change:
    """A new revision: another image or tag, more arguments, environment; whatever is given.

    ``arguments`` are appended to the container's command.
    """

    tag: str = ""
    image: str = ""
    arguments: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """In a line of the record; values of the environment may be secrets."""
        named = [f"{name} {value}" for name, value in (("image", self.image), ("tag", self.tag)) if value]
        return ", ".join([*named, *self.arguments, *(f"{name}=..." for name in self.env)])


@dataclass(frozen=True)
class Crowd:
    """Users of one kind: what they send, and how the pod that answered is found in the answer.

    ``pod`` is a regular expression with one group; without it nothing is claimed about the split. ``matching`` users
    are those whom an A/B test sends to the new revision; without an A/B test all are. ``grpc`` is a method that is
    called instead of a page that is asked for. ``host`` is where they ask, if not at the Service.
    """

    name: str = "users"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    pod: str = NOBODY
    matching: bool = True
    grpc: str = ""
    host: str = ""
    per_second: float = PER_SECOND

    @property
    def told(self) -> bool:
        """Whether answers tell which pod gave them."""
        return self.pod != NOBODY


@dataclass(frozen=True)
class Application:
    """Objects to apply, the container that revisions change, and its crowds of users.

    ``early`` users ask from before the Canary is applied, so the application needs a Service of its own.
    """

    namespace: str
    objects: tuple[Json, ...]
    canary: Json
    container: str
    crowds: tuple[Crowd, ...] = ()
    early: bool = False

    @classmethod
    def read(
        cls, files: Iterable[Path], namespace: str, *, container: str = "", crowds: Sequence[Crowd] = ()
    ) -> Application:
        """An application of files that hold its objects and its one Canary, moved to ``namespace``.

        ``container`` is the one that revisions change, the target's first if none is named. UsageError names the file
        that cannot be read, or what is missing.
        """
        paths = tuple(files)
        objects = [item for path in paths for item in objects_of(path)]
        return cls.of(objects, namespace, container=container, crowds=crowds, where=", ".join(map(str, paths)))

    @classmethod
    def of(
        cls,
        objects: Sequence[Json],
        namespace: str,
        *,
        container: str = "",
        crowds: Sequence[Crowd] = (),
        where: str = "",
    ) -> Application:
        """The same from objects that have been read; ``where`` is told in errors."""
        there = moved.to(namespace, objects, _home(canary_of(objects, where), objects))
        canary = canary_of(there, where)
        canary = {**canary, "metadata": {**canary["metadata"], "namespace": namespace}}
        made = cls(namespace, tuple(one for one in there if one["kind"] != "Canary"), canary, container, tuple(crowds))
        names = _containers(made, where)
        if not names or (container and container not in names):
            what = f"{made.target['kind']} {made.target['metadata']['name']} has no container {container}".rstrip()
            raise UsageError(what, where=where, next_step=f"name one that it has: {', '.join(names)}")
        return replace(made, container=container or names[0])

    @property
    def target(self) -> Json:
        """The workload that the Canary targets."""
        ref = self.canary["spec"]["targetRef"]
        wanted = (ref["kind"], ref["name"])
        return next(item for item in self.objects if (item["kind"], item["metadata"]["name"]) == wanted)

    @property
    def strategic(self) -> bool:
        """Whether the target's patches are merged by Kubernetes' own strategy; other kinds' lists are replaced."""
        return bool(self.target["apiVersion"] == "apps/v1")

    def but(self, *, analysis: Json | None = None, **spec: Any) -> Application:
        """The same with other values in the Canary's spec, and in its analysis; None takes a key away."""
        old = self.canary["spec"]
        new = _merged(old, spec) | {"analysis": _merged(old["analysis"], analysis or {})}
        return replace(self, canary={**self.canary, "spec": new})

    def on(self, **spec: Any) -> Application:
        """The same with other values in the target's spec."""
        target = self.target
        changed = {**target, "spec": _merged(target["spec"], spec)}
        return replace(self, objects=tuple(changed if item is target else item for item in self.objects))

    def patch(self, change: Change, before: Change | None = None) -> Json:
        """A patch of the target that ships a change: a strategic merge where it is a workload of Kubernetes' own.

        What the one ``before`` had changed and this one does not is as the objects have it again.
        """
        before = before or Change()
        containers = self.target["spec"]["template"]["spec"]["containers"]
        old = next(one for one in containers if one["name"] == self.container)
        new: Json = {"name": self.container} if self.strategic else dict(old)
        if change.image or change.tag:
            new["image"] = change.image or tagged(old["image"], change.tag)
        if change.arguments or before.arguments:
            new["command"] = [*old.get("command", []), *change.arguments] or None
        if change.env or before.env:
            kept = _reverted(old, before, change) if self.strategic else _unchanged(old, change)
            new["env"] = [*kept, *({"name": n, "value": v} for n, v in change.env.items())]
        return {"spec": {"template": {"spec": {"containers": [new]}}}}


def tagged(image: str, tag: str) -> str:
    """The image with another tag; the old one goes, and so does a digest."""
    name = image.partition("@")[0]
    repository, _, last = name.rpartition(":")
    return f"{name if not repository or '/' in last else repository}:{tag}"


def canary_of(objects: Iterable[Json], where: str) -> Json:
    """The one Canary among objects; UsageError if there is none, or another one, or it lacks what it needs."""
    found = [one for one in objects if one["kind"] == "Canary"]
    if len(found) != 1:
        names = ", ".join(one["metadata"]["name"] for one in found)
        what = f"{len(found)} Canaries stand there: {names}" if found else "no Canary stands there"
        raise UsageError(what, where=where, next_step="name the files of one application, with its one Canary")
    try:
        Canary.parse(found[0])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        lacks = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        what = f"Canary {found[0]['metadata']['name']} cannot be read: {lacks}"
        raise UsageError(what, where=where, next_step="`kubectl explain canary.spec` tells what it has") from error
    return found[0]


def _home(canary: Json, objects: Iterable[Json]) -> str:
    """The namespace that the files name: the Canary's, else its target's; empty if neither does."""
    ref = canary["spec"]["targetRef"]
    targets = [one for one in objects if (one["kind"], one["metadata"]["name"]) == (ref["kind"], ref["name"])]
    named = [one["metadata"].get("namespace", "") for one in (canary, *targets)]
    return next(filter(None, named), "")


def objects_of(file: Path) -> list[Json]:
    """The objects of a file, or of a folder's files; UsageError when it cannot be read."""
    next_step = "name files of Kubernetes objects"
    try:
        read = manifests.read(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"a file of the application cannot be read: {error}", where=str(file), next_step=next_step
        ) from error
    for one in read:
        if not (isinstance(one.get("metadata"), dict) and one["metadata"].get("name")):
            raise UsageError(f"a {one['kind']} has no name in its metadata", where=str(file), next_step=next_step)
    return read


def _containers(app: Application, where: str) -> list[str]:
    """The names of the target's containers; UsageError when the target is not there, or has none."""
    ref = app.canary["spec"]["targetRef"]
    try:
        return [one["name"] for one in app.target["spec"]["template"]["spec"]["containers"]]
    except (StopIteration, KeyError, TypeError) as error:
        what = f"no {ref['kind']} {ref['name']} stands in the manifests, which the Canary targets"
        raise UsageError(what, where=where, next_step="add the file that holds it") from error


def _reverted(container: Json, before: Change, change: Change) -> list[Json]:
    """The variables that only the change before had, as the container has them, or taken away."""
    own = {one["name"]: one for one in container.get("env", ())}
    gone = [name for name in before.env if name not in change.env]
    return [own.get(name, {"name": name, "$patch": "delete"}) for name in gone]


def _unchanged(container: Json, change: Change) -> list[Json]:
    """The container's own variables, but for those that the change sets."""
    return [one for one in container.get("env", ()) if one["name"] not in change.env]


def _merged(old: Json, new: Json) -> Json:
    """Keys of ``new`` over those of ``old``, nested ones too; None takes one away."""
    merged = dict(old)
    for key, value in new.items():
        merged[key] = _merged(old[key], value) if isinstance(value, dict) and isinstance(old.get(key), dict) else value
    return {key: value for key, value in merged.items() if value is not None}


# podinfo's API tells the pod's name, and so does the title of the page that it renders for browsers.
CALLERS = Crowd(path="/api/info", pod='"hostname": "([^"]*)"')
BROWSERS = Crowd(headers={"User-Agent": "Mozilla/5.0"}, pod="<title>([^<]*)</title>")


def podinfo(namespace: str) -> Application:
    """podinfo with the canary of ``fixtures/podinfo``, and users of its API."""
    folder = paths.fixtures() / "podinfo"
    return Application(
        namespace=namespace,
        objects=tuple(manifests.read(folder / "app.yaml")),
        canary=read_canary(folder / "canary.yaml", namespace),
        container="podinfod",
        crowds=(CALLERS,),
    )


def read_canary(file: Path, namespace: str) -> Json:
    """The Canary of a file, with NAMESPACE replaced."""
    item = manifests.load(file.read_text().replace("NAMESPACE", namespace), str(file))[0]
    return {**item, "metadata": {**item["metadata"], "namespace": namespace}}
