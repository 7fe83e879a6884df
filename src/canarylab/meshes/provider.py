"""What Flagger's providers have in common: where the weights stand, which metrics are asked, what carries the traffic.

A provider is one value of :class:`Provider` in a file of its own and one line in ``providers``. What it says is all
that the rest needs: the observer reads routes by it, the journeys make a Canary of it, Prometheus gets its metrics, and
where its API is served by translation, the translator reads its objects by the same function as the observer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from canarylab.kube.parts import Part
from canarylab.kube.reconcile import Kind, World
from canarylab.meshes.recording import Record
from canarylab.meshes.routing import Routing, Weights
from canarylab.model import traffic
from canarylab.model.canary import Canary
from canarylab.toolchain import Toolset

Json = dict[str, Any]


class DataPlane(Enum):
    """What carries the traffic on the local rung."""

    REAL = "real"
    TRANSLATED = "translated"


CANARY, AB, BLUE_GREEN, MIRROR = "canary", "A/B", "blue/green", "mirror"
# Seconds that a translated route may take longer: two API requests and their watches more, on a machine that is busy.
TRANSLATION = 0.5


def called_apex(canary: Canary) -> str:
    """Most routers call the route object as the Service that users know."""
    return canary.apex


@dataclass(frozen=True)
class Route:
    """A kind of route object, how the one of a Canary is called, and how it is read.

    ``read`` gives the routing that an object stands for; None where it says nothing, as a Service's own Ingress does.
    """

    kind: Kind
    read: Callable[[Json], Routing | None]
    called: Callable[[Canary], str] = called_apex

    def weights(self, item: Json) -> Weights:
        """The weights in force, by Service."""
        found = self.read(item)
        return found.weights if found else {}


Read = tuple[Json, Routing | None]
"""An object, whose age counts where two are about one Service, and what it says."""


@dataclass(frozen=True)
class Setting:
    """What a Canary needs to be played by a provider: keys of its spec, annotations, and objects beside it."""

    spec: Json = field(default_factory=dict)
    objects: tuple[Json, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entrance:
    """Where users ask: a host with its port, and the Host header that they send, if the host is not the name.

    ``told`` says whether the name of the pod that answered tells which revision it is.
    """

    host: str
    header: str = ""
    told: bool = True


def by_service(canary: Canary) -> Entrance:
    """Users ask the Service by its name, and the node's Envoy answers."""
    return Entrance(f"{canary.apex}.{canary.namespace}:{canary.port}")


def nothing(_toolset: Toolset) -> list[Part]:
    """A provider that brings no program."""
    return []


def alone(_canary: Canary) -> Setting:
    """A Canary that needs nothing but the provider's name."""
    return Setting()


@dataclass(frozen=True)
class Provider:
    """One of Flagger's providers, as ``spec.provider`` spells it; or a mesh that it drives by another's objects.

    Those are ``spelt`` like that other, and SuperGloo makes the mesh's own of what Flagger writes.
    ``about`` says in words what is real and what stands in. ``queries`` are Flagger's templates by metric; ``records``
    make the metrics that they ask for, where no program of the provider does. ``told_by`` is the text by which a query
    tells the new revision, and what stands there for the primary; ``worded`` is how Flagger writes names into it.
    ``definitions`` are files below ``fixtures/meshes`` with its kinds; ``parts`` what runs for it; ``further`` kinds
    that the translator needs beside the route's. ``whole`` reads all route objects together, where one alone does not
    say where requests go. ``lag`` is how many seconds longer than istiod its own control plane takes. A provider
    without a ``route`` has no weights: Flagger switches Services.
    """

    name: str
    title: str
    plane: DataPlane
    about: str
    strategies: tuple[str, ...]
    route: Route | None
    queries: Mapping[str, str]
    records: tuple[Record, ...] = ()
    told_by: tuple[str, str] = ("{{ target }}", "{{ target }}-primary")
    worded: Callable[[str], str] = str
    definitions: tuple[str, ...] = ()
    further: tuple[Kind, ...] = ()
    whole: Callable[[World], Iterable[Read]] | None = None
    spelt: str = ""
    parts: Callable[[Toolset], list[Part]] = nothing
    setting: Callable[[Canary], Setting] = alone
    entrance: Callable[[Canary], Entrance] = by_service
    lag: float = 0.0
    upstream: tuple[str, ...] = ()
    """Known traps of Flagger with this provider, a line each, with numbers where there are."""

    def query(self, metric: str, canary: Canary, workload: str) -> str:
        """The template of a metric, about the target or the primary."""
        template = self.queries[metric]
        return template.replace(*self.told_by) if workload == canary.primary else template

    @property
    def settle(self) -> float:
        """Seconds from a change of the route object to its effect on traffic, at most."""
        return traffic.SETTLE + TRANSLATION * (self.translated + bool(self.spelt)) + self.lag

    @property
    def spelling(self) -> str:
        """What ``spec.provider`` says."""
        return self.spelt or self.name

    def read(self, world: World) -> Iterator[Read]:
        """Every route object, with what it says."""
        if self.whole:
            yield from self.whole(world)
        elif self.route:
            yield from ((item, self.route.read(item)) for item in world.get(self.route.kind.name, ()))

    @property
    def translated(self) -> bool:
        return self.plane is DataPlane.TRANSLATED


def translated(providers: Iterable[Provider]) -> list[Provider]:
    """Those whose objects the translator reads, one for each kind of route object and way of reading it."""
    by_route = {(one.route.kind, one.route.read): one for one in providers if one.translated and one.route}
    return list(by_route.values())
