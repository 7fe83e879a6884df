"""Where the stacks of a run come from: clusters of our own, one for each wish, or one that is there.

``session`` shares them between the run's processes, whatever the rung.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from canarylab import stack
from canarylab.clusters.kind import record
from canarylab.clusters.kind.asked import Asked
from canarylab.clusters.local import registry
from canarylab.joining import Joined, Wish, of_kind
from canarylab.stack import Stack


@dataclass(frozen=True)
class Wanted:
    """Which stack a test needs; equal ones share a cluster. ``own`` names a test that shares its cluster with none."""

    mesh: str
    flagger: str | None = None
    images: tuple[str, ...] = ()
    own: str = ""
    kubernetes: str | None = None

    @property
    def key(self) -> str:
        kubernetes = f"kubernetes-{self.kubernetes}" if self.kubernetes else ""
        parts = (self.mesh, self.flagger or "", kubernetes, self.own)
        return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts if part)


class Rung(Protocol):
    """Where the stacks of a run come from."""

    def key(self, wanted: Wanted) -> str:
        """What wishes that share a cluster have in common."""
        ...

    def start(self, name: str, wanted: Wanted, lifeline: int | None) -> Stack:
        """Starts one; ``lifeline`` is what it has to end with, None if it may outlive the run."""
        ...

    def attach(self, name: str, wanted: Wanted) -> Stack:
        """One that another process of the run started."""
        ...

    def end(self, name: str) -> None:
        """Ends one."""
        ...

    def logs(self, name: str) -> Path | None:
        """The folder of its cluster's logs, if it is here."""
        ...

    def kept(self, name: str) -> str:
        """How to look at one that is kept, and how to end it."""
        ...

    def close(self, *, keep: bool) -> list[str]:
        """Ends what else the run has begun; a line about each thing that was removed."""
        ...


class _Own:
    """Clusters that a run makes, one for each wish."""

    def key(self, wanted: Wanted) -> str:
        return wanted.key

    def close(self, *, keep: bool) -> list[str]:
        """Nothing is left beside the clusters."""
        del keep
        return []


class Local(_Own):
    """Clusters of our own on this machine, one for each wish; ``installer`` is what they are installed by."""

    def __init__(self, installer: str = stack.MANIFESTS) -> None:
        self._installer = installer

    def start(self, name: str, wanted: Wanted, lifeline: int | None) -> Stack:
        images = tuple(Path(file) for file in wanted.images)
        return stack.start(
            name, mesh=wanted.mesh, flagger_version=wanted.flagger, kubernetes_version=wanted.kubernetes, images=images,
            lifeline=lifeline, installer=self._installer,
        )  # fmt: skip

    def attach(self, name: str, wanted: Wanted) -> Stack:
        return stack.attach(
            name, mesh=wanted.mesh, flagger_version=wanted.flagger, kubernetes_version=wanted.kubernetes,
            installer=self._installer,
        )  # fmt: skip

    def end(self, name: str) -> None:
        registry.find(name).remove()

    def logs(self, name: str) -> Path:
        return registry.find(name).files.logs

    def kept(self, name: str) -> str:
        return f"--attach {name} runs on it, canarylab down --name {name} ends it"


class Kind(_Own):
    """Clusters of containers on an engine, one for each wish; ``wish`` says what users' pods and namespaces need."""

    def __init__(self, asked: Asked, wish: Wish) -> None:
        self._asked, self._wish = asked, wish

    def start(self, name: str, wanted: Wanted, lifeline: int | None) -> Stack:
        asked = replace(self._asked, kubernetes=wanted.kubernetes or self._asked.kubernetes)
        return of_kind.start(
            name, asked, self._wish, mesh=wanted.mesh, flagger=wanted.flagger or "", lifeline=lifeline
        )  # fmt: skip

    def attach(self, name: str, wanted: Wanted) -> Stack:
        del wanted
        return of_kind.attach(name)

    def end(self, name: str) -> None:
        record.find(name).remove()

    def logs(self, name: str) -> Path:
        return record.find(name).export()

    def kept(self, name: str) -> str:
        return f"--cluster kind --attach {name} runs on it, canarylab down --name {name} ends it"


class Existing:
    """One cluster that is there, for every wish; the run has joined it before."""

    def __init__(self, joined: Joined) -> None:
        self._joined = joined

    def key(self, wanted: Wanted) -> str:
        del wanted
        return "existing"

    def start(self, name: str, wanted: Wanted, lifeline: int | None) -> Stack:
        del name, wanted, lifeline
        return self._joined.start()

    def attach(self, name: str, wanted: Wanted) -> Stack:
        del name, wanted
        return self._joined.stack

    def end(self, name: str) -> None:
        """It stays; what the run put there is removed by ``close``."""
        del name

    def logs(self, name: str) -> None:
        """They are not here."""
        del name

    def kept(self, name: str) -> str:
        del name
        joined = self._joined
        return f"canarylab down --context {joined.context} --run {joined.mark.run} removes what the run made there"

    def close(self, *, keep: bool) -> list[str]:
        if keep:
            self._joined.forget()
            return []
        return [f"removed from {self._joined.context}: namespace {name}" for name in self._joined.end()]
