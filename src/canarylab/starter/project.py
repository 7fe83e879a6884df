"""The files of a project, made from the application's subject: each path with its text. Reads files, writes none."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from canarylab.journey.application import Application, objects_of
from canarylab.kube import manifests
from canarylab.scenario import schema
from canarylab.starter import images, quoted, subject
from canarylab.starter.subject import Subject
from canarylab.starter.wish import Wish

_NAMESPACE = "namespace"  # stands for the one that a test gives


@dataclass(frozen=True)
class Project:
    """What is to be written: ``texts`` by path, relative to the project's folder.

    ``files`` are the manifests, the user's and those that are written; ``application`` is what they give.
    """

    subject: Subject
    wish: Wish
    files: tuple[str, ...]
    texts: Mapping[str, str]
    application: Application

    @property
    def scenario(self) -> str:
        return f"scenarios/{self.subject.name}.yaml"

    @property
    def images(self) -> str:
        """The images file; empty if none is needed."""
        return images.FILE if images.FILE in self.texts else ""


def make(root: Path, wish: Wish) -> Project:
    """The project of a folder; UsageError for whatever is wrong with the user's files or answers."""
    read = [item for file in wish.files for item in objects_of(file)]
    about = subject.of(read, wish, root.absolute().name)
    deployed = _deployed(about, wish)
    files = (*(os.path.relpath(file, root) for file in wish.files), *deployed)
    where = ", ".join(map(str, wish.files))
    objects = [*read, *(item for text in deployed.values() for item in manifests.load(text))]
    application = Application.of(objects, _NAMESPACE, container=about.container, where=where)
    subject.missing(about, objects, where)
    told = images.text(about.image, wish, root)
    texts = deployed | ({images.FILE: told} if told else {}) | _tests(about, wish, files)
    return Project(about, wish, files, texts, application)


def _deployed(about: Subject, wish: Wish) -> dict[str, str]:
    """The manifests that the user has not."""
    made = {}
    page = wish.ready or wish.path
    values = {
        "name": about.name, "kind": about.kind, "container": about.container, "image": about.image,
        **_scalars(about), "port": str(about.port), "probe": f"httpGet: {{path: {quoted.yaml(page)}, port: http}}",
    }  # fmt: skip
    if about.target is None:
        made[f"deploy/{about.name}.yaml"] = _filled("deployment.yaml", values)
    if about.canary is None:
        made["deploy/canary.yaml"] = _filled("canary.yaml", values)
    return made


def _scalars(about: Subject) -> dict[str, str]:
    """Names as YAML takes them for text: an application may be called ``on``."""
    return {"named": quoted.yaml(about.name), "held": quoted.yaml(about.container)}


def _tests(about: Subject, wish: Wish, files: Sequence[str]) -> dict[str, str]:
    """A scenario with its schema, and the same in Python."""
    user = {"path": wish.path} | ({"pod": wish.pod} if wish.pod else {})
    values = {"name": about.name, "container": about.container, "tag": about.next_tag}
    scenario = (
        values
        | _scalars(about)
        | {
            "manifests": "\n".join(f"  - {quoted.yaml(os.path.join('..', file))}" for file in files),
            "user": "{" + ", ".join(f"{key}: {quoted.yaml(text, literal=True)}" for key, text in user.items()) + "}",
        }
    )
    python = values | {
        "files": "\n".join(f"    ROOT / {quoted.python(file)}," for file in files),
        "users": "\n".join(f"    {key}={quoted.python(text)}," for key, text in user.items()),
    }
    return {
        f"scenarios/{about.name}.yaml": _filled("scenario.yaml", scenario),
        f"scenarios/{schema.NAME}": schema.text(),
        "tests/canary/conftest.py": _filled("conftest.py", python),
        f"tests/canary/test_{about.name.replace('-', '_')}_rollout.py": _filled("test.py", python),
    }


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = resources.files(__package__).joinpath("texts", f"{name}.txt").read_text()
    return Template(text).substitute(values)
