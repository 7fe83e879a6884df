"""The releases along the version axes, as ``fixtures/versions.yaml`` has them, and the one that a person's words mean.

A profile says what a release asks of its build and of those who judge it; the checksums stand beside the build's files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from canarylab.errors import UsageError
from canarylab.toolchain.versions import known, numbers


@dataclass(frozen=True)
class Profile:
    """A release of Kubernetes: the least Go that builds it, the etcd that its go.mod pins, tags for our main."""

    release: str
    go: str
    etcd: str
    tags: tuple[str, ...] = ()

    @property
    def minor(self) -> str:
        """``1.36`` of ``1.36.3``."""
        return self.release.rpartition(".")[0]


def kubernetes() -> tuple[Profile, ...]:
    """Every release of Kubernetes that ``--kubernetes`` knows, the newest first."""
    found: dict[str, dict[str, Any]] = known()["kubernetes"]
    made = (Profile(release, each["go"], each["etcd"], tuple(each.get("tags", ()))) for release, each in found.items())
    return tuple(sorted(made, key=lambda one: numbers(one.release), reverse=True))


def flagger() -> tuple[str, ...]:
    """The releases of Flagger whose modules are known to be there, the newest first."""
    return tuple(sorted(map(str, known()["flagger"]), key=numbers, reverse=True))


def chosen(wanted: str) -> Profile:
    """The release that is meant by ``1.36.3``, ``v1.36.3`` or ``1.36``; UsageError for one that is not pinned here."""
    name, profiles = wanted.removeprefix("v"), kubernetes()
    for each in profiles:
        if name in {each.release, each.minor}:
            return each
    is_release = re.fullmatch(r"\d+(\.\d+)+", name)
    what = f"Kubernetes {wanted} is not pinned here" if is_release else f"{wanted!r} is not a release of Kubernetes"
    releases = ", ".join(each.release for each in profiles)
    raise UsageError(what, where="--kubernetes", next_step=f"choose one of {releases}")
