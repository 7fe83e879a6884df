"""A fault is in the journal before it acts, counts only when it is measured, and leaves nothing."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from faulty import FaultyServer

from canarylab.clock import ManualClock
from canarylab.errors import UsageError
from canarylab.faults import applied, journal, steps
from canarylab.faults.fault import PLATFORM, Fault, FaultError, Plan, described
from canarylab.faults.measure import Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, Merge, Post, created
from canarylab.journey.application import podinfo
from canarylab.kube import rest
from canarylab.model import timeline
from canarylab.model.timeline import FaultBegan, FaultEnded
from canarylab.observe.record import Record

ON, OFF = "/api/v1/on", "/api/v1/off"


@dataclass
class World:
    """What a fault does to a server, and what a look then sees."""

    server: FaultyServer
    effect: bool = True
    end: bool = True
    journal_at_work: list[int] = field(default_factory=list)

    def look(self) -> Reading:
        self.journal_at_work.append(len(journal.entries()))
        on, off = (path in self.server.paths("POST") for path in (ON, OFF))
        return Reading(int((on and self.effect) and not (off and self.end)), 1, "switch is on")


WORLD: list[World] = []


@dataclass(frozen=True)
class Switch(Fault):
    """A fault for tests."""

    name: ClassVar[str] = "switch"
    about: ClassVar[str] = "a switch is on"
    measured: ClassVar[str] = "by looking"
    family: ClassVar[str] = PLATFORM
    meshes: ClassVar[tuple[str, ...]] = ("istio",)

    bright: int = described("how bright", 1, least=1)

    def plan(self, site: Site) -> Plan:
        del site
        tool = created("/api/v1/pods", {"metadata": {"name": "probe"}})
        return Plan(actions=(Action(Post(ON), Post(OFF)),), tools=(tool,), look=WORLD[-1].look, bound=0.3)


@pytest.fixture
def world(server: FaultyServer) -> Iterator[World]:
    for method, path in (("POST", ON), ("POST", OFF), ("POST", "/api/v1/pods"), ("DELETE", "/api/v1/pods/probe")):
        server.on(method, path, (200, {}))
    WORLD.append(World(server))
    yield WORLD[-1]
    WORLD.pop()


@pytest.fixture
def journey(cluster: Any, site: Site) -> Any:
    """What faults use of a journey."""
    mesh = SimpleNamespace(name="istio", namespace="istio-system")
    stack = SimpleNamespace(cluster=cluster, mesh=mesh, flagger=SimpleNamespace(namespace="istio-system"))
    return SimpleNamespace(stack=stack, application=podinfo("shop"), canary=site.canary, record=Record())


def test_effect_and_end_stand_in_the_record(journey: Any, world: World) -> None:
    with applied.inject(journey, Switch(bright=2)) as fault:
        assert str(fault.effect) == "1 of 1 switch is on"
    assert str(fault.after) == "0 of 1 switch is on"
    began, ended = journey.record.timeline.events
    assert isinstance(began, FaultBegan)
    assert isinstance(ended, FaultEnded)
    assert (began.id, began.what, began.since <= began.at) == (ended.id, "switch bright=2", True)
    assert began.words() == "fault switch bright=2: 1 of 1 switch is on"
    assert [timeline.event(one.facts()) for one in (began, ended)] == [began, ended]
    assert ended.words() == "end of fault switch bright=2: 0 of 1 switch is on"


def test_it_is_in_the_journal_as_long_as_it_lasts(journey: Any, world: World) -> None:
    with applied.inject(journey, Switch()) as fault:
        (entry,) = journal.entries()
        assert [step["kind"] for step in entry.undo] == ["post", "delete"]
    assert world.journal_at_work == [1, 1]
    assert journal.entries() == []
    fault.end()
    assert world.server.paths("POST").count(OFF) == 1


def test_it_ends_with_a_block_that_fails(journey: Any, world: World) -> None:
    with pytest.raises(ZeroDivisionError), applied.inject(journey, Switch()):
        _ = 1 / 0
    assert world.server.paths("DELETE") == ["/api/v1/pods/probe"]
    assert journal.entries() == []


def test_without_an_effect_it_never_counts_and_leaves_nothing(journey: Any, world: World) -> None:
    world.effect = False
    with pytest.raises(FaultError, match=r"the fault switch has no effect .* within 0 s: 0 of 1 switch is on"):
        applied.begin(journey, Switch())
    assert world.server.paths("POST")[-1] == OFF
    assert (journal.entries(), journey.record.timeline.events) == ([], ())


def test_an_end_that_is_not_measured_is_an_error(journey: Any, world: World) -> None:
    world.end = False
    fault = applied.begin(journey, Switch())
    with pytest.raises(FaultError, match="has not ended"):
        fault.end()
    assert world.server.paths("DELETE") == ["/api/v1/pods/probe"]
    assert journal.entries() == []


def test_what_cannot_be_undone_stays_in_the_journal(
    journey: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = applied.begin(journey, Switch())
    world.server.on("POST", OFF, (403, {"message": "forbidden"}), (200, {}))
    monkeypatch.setattr(applied, "UNDO_BOUND", 0.0)
    with pytest.raises(rest.Refused):
        fault.end()
    assert [entry.what for entry in journal.entries()] == ["switch"]
    fault.end()
    assert journal.entries() == []


def test_an_action_that_fails_undoes_what_came_before(journey: Any, world: World) -> None:
    world.server.on("POST", ON, (500, {"message": "broken"}))
    with pytest.raises(rest.Refused, match="broken"):
        applied.begin(journey, Switch())
    assert world.server.paths("DELETE") == ["/api/v1/pods/probe"]
    assert journal.entries() == []


def test_what_runs_meanwhile_ends_before_anything_is_undone(journey: Any, world: World) -> None:
    posted_at_its_end: list[str] = []

    @contextmanager
    def meanwhile() -> Iterator[None]:
        yield
        posted_at_its_end.extend(world.server.paths("POST"))

    class Busy(Switch):
        def plan(self, site: Site) -> Plan:
            plain = super().plan(site)
            return Plan(plain.actions, plain.look, plain.bound, meanwhile=meanwhile)

    began = weakref.ref(applied.begin(journey, Busy()))
    gc.collect()
    assert posted_at_its_end == []  # although nobody holds the fault
    fault = began()
    assert fault is not None
    fault.end()
    assert posted_at_its_end == [ON]


def test_of_two_that_change_the_same_object_the_last_one_ends_first(journey: Any, world: World, cluster: Any) -> None:
    class Setting(Switch):
        def plan(self, site: Site) -> Plan:
            plain = super().plan(site)
            return Plan((*plain.actions, Action(None, Merge("/api/v1/setting", {}))), plain.look, plain.bound)

    fault = applied.begin(journey, Setting())
    later = journal.entry("later", "another", cluster, "shop", [steps.to_json(Merge("/api/v1/setting", {}))])
    later.write()
    with pytest.raises(UsageError, match="the fault switch cannot end before another"):
        fault.end()
    assert OFF not in world.server.paths("POST")
    later.remove()
    fault.end()


def test_where_it_does_not_fit_nothing_is_done(journey: Any, world: World) -> None:
    journey.stack.mesh.name = "none"
    with pytest.raises(UsageError, match="the fault switch needs the mesh istio, not none"):
        applied.begin(journey, Switch())
    assert world.server.asked == []


def test_undoing_is_patient_with_a_busy_server() -> None:
    left = [rest.Refused("busy", 503, ""), rest.Refused("busy", 503, "")]

    def act() -> None:
        if left:
            raise left.pop()

    clock = ManualClock()
    applied.patiently(act, clock)
    assert len(clock.slept) == 2
