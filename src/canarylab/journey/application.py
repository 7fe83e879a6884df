"""The application under test: its objects, its canary, its users, and a change that ships a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.kube import manifests

Json = dict[str, Any]


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
        named = [f"{name} {value}" for name, value in (("image", self.image), ("tag", self.tag)) if value]
        return ", ".join([*named, *self.arguments, *(f"{name}={value}" for name, value in self.env.items())])


@dataclass(frozen=True)
class Crowd:
    """Users of one kind: what they send, and how the pod that answered is found in the answer.

    ``pod`` is a regular expression with one group. ``matching`` users are those whom an A/B test sends to the new
    revision; without an A/B test all are. ``grpc`` is a method that is called instead of a page that is asked for.
    """

    name: str = "users"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    pod: str = "$^"
    matching: bool = True
    grpc: str = ""


@dataclass(frozen=True)
class Application:
    """Objects to apply, the container that revisions change, and its crowds of users."""

    namespace: str
    objects: tuple[Json, ...]
    canary: Json
    container: str
    crowds: tuple[Crowd, ...] = ()

    @property
    def target(self) -> Json:
        """The workload that the Canary targets."""
        ref = self.canary["spec"]["targetRef"]
        wanted = (ref["kind"], ref["name"])
        return next(item for item in self.objects if (item["kind"], item["metadata"]["name"]) == wanted)

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

    def patch(self, change: Change) -> Json:
        """A strategic merge patch of the target that ships a change."""
        containers = self.target["spec"]["template"]["spec"]["containers"]
        old = next(one for one in containers if one["name"] == self.container)
        new: Json = {"name": self.container}
        if change.image or change.tag:
            repository, _, tag = old["image"].rpartition(":")
            new["image"] = change.image or f"{repository}:{change.tag or tag}"
        if change.arguments:
            new["command"] = [*old.get("command", []), *change.arguments]
        if change.env:
            new["env"] = [{"name": name, "value": value} for name, value in change.env.items()]
        return {"spec": {"template": {"spec": {"containers": [new]}}}}


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
