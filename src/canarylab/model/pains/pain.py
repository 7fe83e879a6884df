"""The form of a pain: what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from canarylab.model.canary import Canary

Json = Mapping[str, Any]
Path = tuple[str | int, ...]  # the keys that lead to a field of the Canary
ANALYSIS: Path = ("spec", "analysis")


class Level(Enum):
    """A warning says that a rollout goes otherwise than its file reads; a note, what to mind in any case."""

    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Situation:
    """A Canary as it is in the API and as it is played, and the other objects of its file."""

    item: Json
    canary: Canary
    others: tuple[Json, ...] = ()

    @property
    def spec(self) -> Json:
        return self.item["spec"]  # type: ignore[no-any-return]

    @property
    def analysis(self) -> Json:
        return self.spec.get("analysis") or {}

    @property
    def provider(self) -> str:
        """Without its version: ``gatewayapi`` for ``gatewayapi:v1``."""
        return self.canary.provider.split(":")[0]

    def numbered(self, key: str) -> Iterator[tuple[Path, Json]]:
        """The items of a list of the analysis, each with its path."""
        for number, one in enumerate(self.analysis.get(key) or ()):
            yield (*ANALYSIS, key, number), one

    def named(self, kinds: Sequence[str], names: Sequence[str]) -> list[Json]:
        """The other objects of these kinds and names in the Canary's namespace."""
        return [one for one in self.of(*kinds) if one["metadata"]["name"] in names]

    def of(self, *kinds: str) -> list[Json]:
        """The other objects of these kinds in the Canary's namespace."""
        return [one for one in self.others if one["kind"] in kinds and self._here(one)]

    def target(self) -> Json | None:
        """The workload that the Canary is about, if the file has it."""
        return next(iter(self.named([self.canary.kind], [self.canary.target])), None)

    def _here(self, one: Json) -> bool:
        return bool(one["metadata"].get("namespace", "default") == self.canary.namespace)


@dataclass(frozen=True)
class Found:
    """Where in the Canary, what will happen, and what to write instead."""

    path: Path
    what: str
    instead: str


@dataclass(frozen=True)
class Pain:
    """``about`` says in a few words what is looked for; ``source`` is an issue of fluxcd/flagger or a file of it."""

    name: str
    about: str
    source: str
    find: Callable[[Situation], Iterator[Found]]
    level: Level = Level.WARNING


@dataclass(frozen=True)
class Warned:
    """A pain that was found."""

    pain: Pain
    found: Found

    def facts(self) -> dict[str, str]:
        """As plain data."""
        path = ".".join(map(str, self.found.path))
        return {
            "name": self.pain.name,
            "level": self.pain.level.value,
            "field": path,
            "what": self.found.what,
            "instead": self.found.instead,
            "source": self.pain.source,
        }
