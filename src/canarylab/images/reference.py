"""Names of images as Docker writes them, taken apart: registry, repository, tag, digest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from canarylab.errors import UsageError

_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"\w[\w.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?")
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?")
_DOCKER = "docker.io"


@dataclass(frozen=True)
class Reference:
    """An image by name. ``tag`` is empty where a digest is given without one."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Without tag and digest."""
        return f"{self.registry}/{self.repository}"

    @property
    def asked(self) -> str:
        """What a registry is asked for: the digest where there is one."""
        return self.digest or self.tag

    @property
    def host(self) -> str:
        """Where the registry answers."""
        return "registry-1.docker.io" if self.registry == _DOCKER else self.registry

    @property
    def url(self) -> str:
        """Plain HTTP only on this machine's own loopback."""
        return f"{'http' if _LOOPBACK.fullmatch(self.host) else 'https'}://{self.host}/v2/{self.repository}"

    def __str__(self) -> str:
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse(text: str) -> Reference:
    """An image's name, completed as Docker completes it; UsageError where it is none."""
    named, at, digest = text.partition("@")
    head, slash, rest = named.partition("/")
    if not slash or not ("." in head or ":" in head or head == "localhost"):
        head, rest = _DOCKER, named if slash else f"library/{named}"
    elif head == "index.docker.io":
        head = _DOCKER
    repository, colon, tag = rest.partition(":")
    wrong = not _HOST.fullmatch(head) or not _NAME.fullmatch(repository)
    if wrong or (at and not _DIGEST.fullmatch(digest)) or (colon and not _TAG.fullmatch(tag)):
        raise UsageError(
            f"{text!r} is no name of an image",
            next_step="write it like example.org/team/app:1.2, or with a digest: ...@sha256:...",
        )
    return Reference(head, repository, tag or ("" if digest else "latest"), digest)
