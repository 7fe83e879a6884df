"""What a fault is: its fields, where it works, and the plan of what it does, how it is undone and how measured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, get_type_hints

from canarylab.clusters import cluster
from canarylab.errors import EnvironmentFault
from canarylab.faults import values
from canarylab.faults.measure import Reading, entirely, none
from canarylab.faults.site import Site
from canarylab.faults.steps import Action
from canarylab.journey import Application

LOCAL, KIND, EXISTING = cluster.LOCAL, cluster.KIND, cluster.EXISTING
ANYWHERE = (LOCAL, KIND, EXISTING)
APPLICATION, MESH, PLATFORM, OPERATOR = "application", "mesh", "platform", "operator"
WORKLOADS = ("canary", "primary")


class FaultError(EnvironmentFault):
    """A fault that cannot be injected here, or whose effect or end was not measured."""


def described(
    doc: str,
    default: Any = MISSING,
    *,
    choices: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
    factory: Any = MISSING,
) -> Any:
    """A field of a fault, what it means and which values it takes; one without a default has to be given."""
    known = {"doc": doc, "choices": choices, "least": least, "most": most}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=known)
    return field(metadata=known) if default is MISSING else field(default=default, metadata=known)


@dataclass(frozen=True)
class Plan:
    """What a fault is going to do on one site.

    ``look`` measures, ``in_force`` and ``over`` judge what it read, within ``bound`` seconds each; ``end_look`` and
    ``end_bound`` stand for those of the end where they differ. ``tools`` are what the measuring needs: they come
    before ``actions`` and go after the end is measured. ``meanwhile`` runs as long as the fault does.
    """

    actions: tuple[Action, ...]
    look: Callable[[], Reading]
    bound: float
    in_force: Callable[[Reading], bool] = entirely
    over: Callable[[Reading], bool] = none
    tools: tuple[Action, ...] = ()
    end_look: Callable[[], Reading] | None = None
    end_bound: Callable[[], float] | None = None
    meanwhile: Callable[[], AbstractContextManager[Any]] = nullcontext

    def end(self) -> tuple[Callable[[], Reading], float]:
        """What measures the end, and how long it may take."""
        return self.end_look or self.look, self.end_bound() if self.end_bound else self.bound


@dataclass(frozen=True)
class Fault:
    """One kind of fault with its fields. ``meshes`` are those that it works on; any, if none is named."""

    name: ClassVar[str]
    about: ClassVar[str]
    measured: ClassVar[str]
    family: ClassVar[str]
    exclusive: ClassVar[bool] = False
    rungs: ClassVar[tuple[str, ...]] = ANYWHERE
    meshes: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """UsageError for a value of the wrong type, or one that is not allowed."""
        types = get_type_hints(type(self))
        for one in fields(self):
            value = values.checked(
                f"{one.name} of the fault {self.name}", getattr(self, one.name), types[one.name], one
            )
            object.__setattr__(self, one.name, value)

    def plan(self, site: Site) -> Plan:
        """Reads what is there now, and changes nothing; CanarylabError when there is nothing to break."""
        raise NotImplementedError

    def misfit(self, application: Application) -> str:
        """Why it does not work for an application; empty if it does."""
        del application
        return ""

    def unfit(self, rung: str, mesh: str, application: Application) -> str:
        """Why it cannot be injected there, known before anything runs; empty if it can."""
        if rung not in self.rungs:
            return f"the fault {self.name} works on {' and '.join(self.rungs)}, not on {rung}"
        if self.exclusive and rung == EXISTING:
            return f"the fault {self.name} breaks what others share, and an existing cluster is not the test's own"
        if self.meshes and mesh not in self.meshes:
            return f"the fault {self.name} needs the mesh {' or '.join(self.meshes)}, not {mesh}"
        return self.misfit(application)

    @property
    def words(self) -> str:
        """The fault and the fields that were given another value than their default."""
        given = [(one.name, value) for one in fields(self) if (value := getattr(self, one.name)) != _default(one)]
        return " ".join([self.name, *(f"{name}={values.shown(value)}" for name, value in given)])


def required(one: Field[Any]) -> bool:
    """Whether a field has to be given."""
    return one.default is MISSING and one.default_factory is MISSING


def _default(one: Field[Any]) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default
