"""The application under test: its objects, and a change that ships a new revision of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canarylab import paths
from canarylab.kube import manifests

Json = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """A new revision: another tag of the image, more arguments, environment; whatever is given.

    ``arguments`` are appended to the container's command.
    """

    tag: str = ""
    arguments: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        tag = [f"tag {self.tag}"] if self.tag else []
        return ", ".join([*tag, *self.arguments, *(f"{name}={value}" for name, value in self.env.items())])


@dataclass(frozen=True)
class Application:
    """Objects to apply, the container that revisions change, and how users reach and recognise it.

    ``pod`` is a regular expression whose first group finds the name of the pod in an answer.
    """

    namespace: str
    objects: tuple[Json, ...]
    canary: Json
    container: str
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    pod: str = "$^"

    @property
    def deployment(self) -> Json:
        """The workload that the Canary targets."""
        target = self.canary["spec"]["targetRef"]
        return next(
            item
            for item in self.objects
            if (item["kind"], item["metadata"]["name"]) == (target["kind"], target["name"])
        )

    def patch(self, change: Change) -> Json:
        """A strategic merge patch of the target that ships a change."""
        old = next(
            one
            for one in self.deployment["spec"]["template"]["spec"]["containers"]
            if one["name"] == self.container
        )  # fmt: skip
        new: Json = {"name": self.container}
        if change.tag:
            new["image"] = f"{old['image'].rpartition(':')[0]}:{change.tag}"
        if change.arguments:
            new["command"] = [*old.get("command", []), *change.arguments]
        if change.env:
            new["env"] = [{"name": name, "value": value} for name, value in change.env.items()]
        return {"spec": {"template": {"spec": {"containers": [new]}}}}


def podinfo(namespace: str) -> Application:
    """podinfo with the canary of ``fixtures/podinfo``, and users who look at its page with a browser.

    The page's title is the pod's name.
    """
    folder = paths.fixtures() / "podinfo"
    return Application(
        namespace=namespace,
        objects=tuple(manifests.read(folder / "app.yaml")),
        canary=read_canary(folder / "canary.yaml", namespace),
        container="podinfod",
        headers={"User-Agent": "Mozilla/5.0"},
        pod="<title>([^<]*)</title>",
    )


def read_canary(file: Path, namespace: str) -> Json:
    """The Canary of a file, with NAMESPACE replaced."""
    item = manifests.load(file.read_text().replace("NAMESPACE", namespace), str(file))[0]
    return {**item, "metadata": {**item["metadata"], "namespace": namespace}}
