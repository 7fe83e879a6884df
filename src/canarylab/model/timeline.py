"""The record of a rollout: typed events in the order in which they were seen, and what can be read from them.

Times are seconds: ``at`` of a monotonic clock, ``wall`` since the epoch. A record is only ever appended to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from canarylab.model.expectation import Stage

CANARY, ROUTE, TARGET, PRIMARY, LOG = "canary", "route", "target", "primary", "log"
SOURCES = (CANARY, ROUTE, TARGET, PRIMARY, LOG)
GIT, FETCHED, APPLIED = "git", "fetched", "applied"  # a repository, and the two steps of what follows it


@dataclass(frozen=True)
class Event:
    """Something that was seen. ``source`` is where; ``kind`` names the type in files and reports."""

    kind: ClassVar[str] = "event"
    at: float
    wall: float
    source: str

    def words(self) -> str:
        """The event in a few words."""
        return self.source

    def facts(self) -> dict[str, Any]:
        """The event as plain data."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True)
class CanarySeen(Event):
    """The Canary's status after a change. ``reason`` is the message of its condition."""

    kind: ClassVar[str] = "canary"
    version: str
    phase: str
    weight: int
    failed: int
    iterations: int
    reason: str = ""

    @property
    def stage(self) -> Stage:
        return Stage(self.phase, self.weight, self.failed, self.iterations)

    def words(self) -> str:
        return str(self.stage)


@dataclass(frozen=True)
class RouteSeen(Event):
    """The weights of the mesh's route object, by destination, in percent."""

    kind: ClassVar[str] = "route"
    version: str
    name: str
    weights: Mapping[str, int]
    canary: int

    def words(self) -> str:
        return f"{self.name}: " + ", ".join(f"{host} {weight}%" for host, weight in self.weights.items())


@dataclass(frozen=True)
class WorkloadSeen(Event):
    """The target or the primary: images by container, replicas wanted, and how many are available."""

    kind: ClassVar[str] = "workload"
    version: str
    name: str
    images: Mapping[str, str]
    replicas: int
    available: int

    def words(self) -> str:
        images = ", ".join(image.rpartition("/")[2] for image in self.images.values())
        return f"{self.name}: {self.available} of {self.replicas} available, {images}"


@dataclass(frozen=True)
class FlaggerSaid(Event):
    """A line of Flagger's log about this Canary."""

    kind: ClassVar[str] = "flagger"
    level: str
    text: str

    def words(self) -> str:
        return self.text


@dataclass(frozen=True)
class Gap(Event):
    """Something may have happened at ``source`` that was not seen."""

    kind: ClassVar[str] = "gap"
    why: str

    def words(self) -> str:
        return f"gap in what was seen of {self.source}: {self.why}"


@dataclass(frozen=True)
class Acted(Event):
    """Something was done to the rollout on its way: a gate opened, another revision sent."""

    kind: ClassVar[str] = "act"
    what: str

    def words(self) -> str:
        return self.what


@dataclass(frozen=True)
class FaultBegan(Event):
    """A fault is in force, ``since`` a monotonic second: ``what`` with its fields, and what was ``measured`` of it.

    ``id`` pairs it with its end.
    """

    kind: ClassVar[str] = "fault"
    since: float
    id: str
    name: str
    what: str
    measured: str
    exclusive: bool = False

    def words(self) -> str:
        return f"fault {self.what}: {self.measured}"


@dataclass(frozen=True)
class FaultEnded(Event):
    """A fault was undone at the monotonic second ``since``, and what was ``measured`` after that."""

    kind: ClassVar[str] = "fault-end"
    since: float
    id: str
    name: str
    what: str
    measured: str

    def words(self) -> str:
        return f"end of fault {self.what}: {self.measured}"


@dataclass(frozen=True)
class Triggered(Event):
    """The change that starts the rollout was sent."""

    kind: ClassVar[str] = "trigger"
    what: str

    def words(self) -> str:
        return f"shipped: {self.what}"


@dataclass(frozen=True)
class Committed(Event):
    """A commit went to the repository that the cluster follows: its hash, its branch and what it says.

    ``images`` are the target's by container, as the repository has them from then on.
    """

    kind: ClassVar[str] = "commit"
    revision: str
    branch: str
    what: str
    images: Mapping[str, str]

    def words(self) -> str:
        return f"commit {self.revision[:7]} on {self.branch}: {self.what}"


@dataclass(frozen=True)
class Synced(Event):
    """The cluster's state after it followed the repository; ``source`` is FETCHED or APPLIED, ``revision`` the commit.

    ``times`` counts how often what it holds was applied, where that is told. ``trouble`` says why it did not work.
    """

    kind: ClassVar[str] = "sync"
    revision: str
    times: int
    trouble: str = ""

    def words(self) -> str:
        again = f", {self.times} times by now" if self.times > 1 else ""
        return f"{self.source} {self.revision[:7]}{again}" if not self.trouble else f"not {self.source}: {self.trouble}"


KINDS: Mapping[str, type[Event]] = {
    one.kind: one
    for one in (
        CanarySeen, RouteSeen, WorkloadSeen, FlaggerSaid, Gap, Acted, FaultBegan, FaultEnded, Committed, Synced,
        Triggered,
    )
}  # fmt: skip


def event(facts: Mapping[str, Any]) -> Event:
    """What :meth:`Event.facts` told."""
    return KINDS[facts["kind"]](**{key: value for key, value in facts.items() if key != "kind"})


@dataclass(frozen=True)
class Window:
    """A time during which the canary's weight stood still; ``end`` is None while it does."""

    weight: int
    start: float
    end: float | None


@dataclass(frozen=True)
class Timeline:
    """Events in the order in which they were seen; :func:`since_trigger` cuts a rollout out of it."""

    events: Sequence[Event] = field(default_factory=tuple)

    def of(self, kind: type[Event]) -> Iterator[Any]:
        """The events of one type."""
        return (one for one in self.events if isinstance(one, kind))

    def stages(self) -> tuple[Stage, ...]:
        """The Canary's stages, each as long as it lasted, once."""
        return tuple(_changes(one.stage for one in self.of(CanarySeen)))

    def route(self) -> tuple[int, ...]:
        """The canary's weights in the route object."""
        return tuple(_changes(one.canary for one in self.of(RouteSeen)))

    def gaps(self) -> tuple[Gap, ...]:
        return tuple(self.of(Gap))

    def reasons(self) -> tuple[str, ...]:
        """What Flagger said, in its words."""
        return tuple(one.text for one in self.of(FlaggerSaid))

    def phase(self) -> str:
        """The Canary's phase when it was last seen; empty before."""
        seen = list(self.of(CanarySeen))
        return seen[-1].phase if seen else ""

    def workloads(self, source: str) -> tuple[WorkloadSeen, ...]:
        return tuple(one for one in self.of(WorkloadSeen) if one.source == source)

    def trigger(self) -> Triggered | None:
        """The last one."""
        return next(iter(list(self.of(Triggered))[::-1]), None)

    def since_trigger(self) -> Timeline:
        """What came after the trigger, and before it the last thing seen of each source."""
        trigger = self.trigger()
        if trigger is None:
            return Timeline(())
        cut = self.events.index(trigger)
        before = {one.source: number for number, one in enumerate(self.events[:cut]) if not isinstance(one, Gap)}
        return Timeline([*(self.events[number] for number in sorted(before.values())), *self.events[cut:]])

    def windows(self) -> list[Window]:
        """The times between changes of the canary's weight in the route; none where no route was seen."""
        seen = list(self.of(RouteSeen))
        changes = [one for number, one in enumerate(seen) if number == 0 or seen[number - 1].canary != one.canary]
        ends = [*(one.at for one in changes[1:]), None][: len(changes)]
        return [Window(one.canary, one.at, end) for one, end in zip(changes, ends, strict=True)]


def _changes(values: Iterable[Any]) -> Iterator[Any]:
    last: object = object()
    for value in values:
        if value != last:
            yield value
        last = value
