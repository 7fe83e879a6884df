"""What stands behind an image reference: ``images.yaml`` files turned into recipes.

Nothing is pulled unless an entry says so. A file lists recipes; the last one whose pattern fits a reference wins,
so that a user's file, read after ours, overrides it::

    images:
      - pattern: "ghcr.io/stefanprodan/podinfo:*"   # fnmatch on the reference with its tag or digest
        program: podinfo        # a program of the toolset; or
        # path: /srv/app        # a binary of the host; or
        # command: [python3, /srv/app.py]           # a command line (its first word found on PATH); or
        # pull: true            # the image itself, of its registry: the keys below then go before what it says
        at: /home/app/podinfo   # where the program stands inside (default /usr/local/bin/NAME)
        entrypoint: [./podinfo] # default: the program itself, or the command
        args: [--level=info]    # as an image's CMD
        env: {KEY: value}
        workdir: /home/app
        user: "100:101"         # as an image's USER; a name of the image's own /etc/passwd, if `files` brings one
        stopSignal: SIGTERM
        tools: [podcli]         # further toolset programs, put into /usr/local/bin; NAME or {name: file of host}
        files: {/etc/x.conf: /srv/x.conf}           # further files or folders of the host, read-only
        assets: {/home/app/ui: podinfo/ui}          # the same, of those that the toolset copied from its modules
        mounts: [/opt/jdk]      # paths of the host seen at the same path, read-only
        python: true            # the Python that canarylab runs on, with its packages, and first on PATH
        version: {placeholder: "..."}               # the Go string in the program that becomes the image's tag

A reference without a domain is tried as written and as Docker would complete it. Files of the host are named by
absolute paths, or by paths relative to the images file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from canarylab.clusters.local.cri import signals
from canarylab.errors import UsageError

_FORMAT = "docs/node.md tells the format"
_KINDS = ("program", "path", "command", "pull")
_NOT_PULLED = ("at", "python", "version")  # what puts a file of the host in the place of an image's own
_RENAMED = {"stopSignal": "stop_signal"}


@dataclass(frozen=True)
class Recipe:
    """One entry of an ``images.yaml``: what a container of a fitting image runs, and what it finds around it."""

    pattern: str
    source: str
    program: str = ""
    path: str = ""
    command: tuple[str, ...] = ()
    at: str = ""
    entrypoint: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = ""
    stop_signal: str = "SIGTERM"
    tools: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[str, ...] = ()
    python: bool = False
    placeholder: str = ""
    pull: bool = False
    root: str = ""

    @property
    def username(self) -> str:
        """The user's name, where the recipe gives none of the numbers."""
        name = self.user.partition(":")[0]
        return "" if name.isdigit() else name

    @property
    def inside(self) -> str:
        """Where the program stands inside the container; empty for a command."""
        name = self.program or Path(self.path).name
        return (self.at or f"/usr/local/bin/{name}") if name else ""

    @property
    def argv(self) -> tuple[str, ...]:
        """The image's ENTRYPOINT."""
        return self.entrypoint if self.pull else self.entrypoint or self.command or (self.inside,)

    def of(self, root: str, config: Mapping[str, Any]) -> Recipe:
        """The recipe of a pulled image: its root file system, and what its configuration says but the entry does not.

        An ENTRYPOINT of the entry's takes the image's CMD away with it.
        """
        said = [name.partition("=") for name in config.get("Env") or ()]
        args = () if self.entrypoint else tuple(config.get("Cmd") or ())
        given: dict[str, Any] = {
            "workdir": self.workdir if self.workdir.strip("/") else config.get("WorkingDir"),
            "user": self.user or config.get("User"),
            "stop_signal": config.get("StopSignal") if self.stop_signal == "SIGTERM" else "",
        }
        return replace(
            self,
            root=root,
            entrypoint=self.entrypoint or tuple(config.get("Entrypoint") or ()),
            args=self.args or args,
            env={name: value for name, _, value in said} | dict(self.env),
            **{key: value for key, value in given.items() if value},
        )


def tag_of(reference: str) -> str:
    """``latest`` unless the reference names a tag."""
    name = reference.split("@", maxsplit=1)[0].rsplit("/", 1)[-1]
    return name.split(":", 1)[1] if ":" in name else "latest"


def repository_of(reference: str) -> str:
    """The reference without its tag and digest."""
    name = reference.split("@", maxsplit=1)[0]
    head, _, last = name.rpartition("/")
    last = last.split(":", 1)[0]
    return f"{head}/{last}" if head else last


def completed(reference: str) -> str:
    """As Docker completes a reference: domain, ``library/`` and ``:latest``."""
    first, slash, _ = reference.partition("/")
    if not slash:
        reference = f"docker.io/library/{reference}"
    elif "." not in first and ":" not in first and first != "localhost":
        reference = f"docker.io/{reference}"
    name = reference.rsplit("/", 1)[-1]
    return reference if ":" in name or "@" in name else f"{reference}:latest"


class Catalogue:
    """Every recipe of the files given, later ones first."""

    def __init__(self, recipes: Iterable[Recipe], files: Sequence[Path] = ()) -> None:
        self._recipes = tuple(recipes)[::-1]
        self._files = tuple(files)

    @classmethod
    def read(cls, files: Sequence[Path]) -> Catalogue:
        """Reads the files in order; :class:`UsageError` names the file and the entry that is wrong."""
        return cls((recipe for file in files for recipe in _recipes(file)), files)

    def find(self, reference: str) -> Recipe | None:
        """The recipe of a reference, or None."""
        forms = (reference, completed(reference))
        return next((r for r in self._recipes if any(fnmatchcase(f, r.pattern) for f in forms)), None)

    def unknown(self, reference: str) -> str:
        """What to tell somebody who asked for an image that nothing stands behind."""
        file = self._files[0] if self._files else "images.yaml"
        return (
            f'no program stands behind the image "{reference}": add to {file} (or to a file given with --images) '
            f'- pattern: "{repository_of(reference)}:*" and one of program:, path:, command: or pull:; '
            "or let all such images be pulled: --pull"
        )

    @property
    def pulls(self) -> bool:
        """Whether an entry has images pulled."""
        return any(recipe.pull for recipe in self._recipes)


def _recipes(file: Path) -> Iterable[Recipe]:
    try:
        data = yaml.safe_load(file.read_text()) or {}
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"the images file cannot be read: {error}", where=str(file), next_step=_FORMAT) from error
    entries = data.get("images", []) if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise UsageError("an images file holds a list under `images`", where=str(file), next_step=_FORMAT)
    for number, entry in enumerate(entries):
        try:
            yield _placed(recipe(entry, str(file)), file.absolute().parent)
        except (TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"entry {number + 1}: {error}", where=str(file), next_step=_FORMAT) from error


def _placed(read: Recipe, folder: Path) -> Recipe:
    """With the host's files where they are; ``folder`` is that of the images file."""

    def placed(path: str) -> str:
        return os.path.normpath(folder / path)

    return replace(
        read,
        path=read.path and placed(read.path),
        tools={name: file and placed(file) for name, file in read.tools.items()},
        files={inside: placed(file) for inside, file in read.files.items()},
        mounts=tuple(map(placed, read.mounts)),
    )


def recipe(entry: Mapping[str, Any], source: str) -> Recipe:
    """One entry checked; ValueError or TypeError says what is wrong with it."""
    values = {_RENAMED.get(key, key): value for key, value in entry.items()}
    version = values.pop("version", None)
    known = {f.name for f in fields(Recipe)} - {"source", "placeholder", "root"}
    if unknown := set(values) - known:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    if not values.get("pattern"):
        raise ValueError("`pattern` is missing")
    if sum(bool(values.get(kind)) for kind in _KINDS) != 1:
        raise ValueError(f"{values['pattern']}: give exactly one of {', '.join(_KINDS)}")
    if values.get("pull") and (wrong := [key for key in _NOT_PULLED if entry.get(key)]):
        raise ValueError(f"{values['pattern']}: {', '.join(wrong)} cannot be said of an image that is pulled")
    for key in ("command", "entrypoint", "args", "mounts"):
        values[key] = _words(key, values.get(key) or ())
    values["env"] = {k: str(v) for k, v in (values.get("env") or {}).items()}
    values["user"] = str(values.get("user", ""))
    values["tools"] = _tools(values.get("tools") or ())
    signals.number(values.setdefault("stop_signal", "SIGTERM"))
    return Recipe(**values, source=source, placeholder=version["placeholder"] if version else "")


def _words(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"`{key}` is a list")
    return tuple(str(word) for word in value)


def _tools(value: Any) -> dict[str, str]:
    """Name -> file of the host; an empty file means the toolset's program of that name."""
    if isinstance(value, Mapping):
        return {str(k): str(v or "") for k, v in value.items()}
    return dict.fromkeys(_words("tools", value), "")
