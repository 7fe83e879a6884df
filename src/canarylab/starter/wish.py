"""What a user tells ``canarylab init`` about the application, checked as far as that goes without reading files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from canarylab.errors import UsageError

_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True)
class Wish:
    """The answers; empty where the manifests, or a usual value, decide.

    ``ready`` is the page of the readiness probe, ``pod`` finds the pod's name in an answer, ``command`` is a command
    line and ``binary`` a file of this machine, at most one of them; ``canary`` and ``manifests`` are files.
    """

    name: str = ""
    port: int = 0
    image: str = ""
    path: str = "/"
    ready: str = ""
    pod: str = ""
    container: str = ""
    command: str = ""
    binary: Path | None = None
    canary: Path | None = None
    manifests: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if self.command and self.binary:
            raise UsageError("--command and --binary exclude each other", next_step="give what starts the program")
        if self.name and not label(self.name):
            what = f"{self.name!r} cannot be a name in Kubernetes"
            raise UsageError(
                what, where="--name", next_step="begin with a letter; lower-case letters, digits and -, at most 40"
            )
        for option, page in (("--path", self.path), ("--ready", self.ready)):
            if page and not page.startswith("/"):
                raise UsageError(f"{page!r} is no page", where=option, next_step=f"write it as /{page}")
        if self.pod and not _one_group(self.pod):
            what = f"{self.pod!r} is no regular expression with one group"
            raise UsageError(what, where="--pod", next_step="put the pod's name into parentheses: 'from ([a-z0-9-]+)'")

    @property
    def files(self) -> tuple[Path, ...]:
        """The user's files, the Canary's last."""
        return (*self.manifests, *([self.canary] if self.canary else []))


def label(name: str) -> bool:
    """Whether it can be the name of a Service, with room for what Flagger appends."""
    return _LABEL.fullmatch(name) is not None


def _one_group(text: str) -> bool:
    try:
        return re.compile(text).groups == 1
    except re.error:
        return False
