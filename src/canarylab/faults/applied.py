"""Injecting: journal, act, measure; and ending: undo, measure, strike out of the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from canarylab.clock import Clock, SystemClock
from canarylab.errors import CanarylabError, UsageError
from canarylab.faults import journal, measure, steps
from canarylab.faults.fault import Fault, FaultError, Plan
from canarylab.faults.measure import NotMeasured, Reading
from canarylab.faults.site import Site
from canarylab.faults.steps import Action, Reach, Step
from canarylab.journey import Journey
from canarylab.model.timeline import FaultBegan, FaultEnded

UNDO_BOUND = 30.0  # seconds for an API server that is busy, or has just been continued
_AGAIN = 0.5
_SYSTEM = SystemClock()
# What goes on while a fault is in force must not end because nobody holds the fault any more.
_IN_FORCE: set[Applied] = set()


class Applied:
    """A fault in force, until ``end``. ``effect`` and ``after`` are what was measured of it."""

    def __init__(self, journey: Journey, fault: Fault, site: Site, plan: Plan) -> None:
        self.fault, self.words, self.id = fault, fault.words, site.id
        self.effect: Reading | None = None
        self.after: Reading | None = None
        self._record, self._plan, self._reach = journey.record, plan, Reach(lambda: site.api)
        undo = [*undoing(plan.actions), *undoing(plan.tools)]
        self._entry = journal.entry(
            site.id, self.words, site.cluster, site.namespace, [steps.to_json(step) for step in undo]
        )
        self._running = ExitStack()
        self._open = False

    def begin(self) -> None:
        """Injects and measures; what was done is undone again when the effect cannot be measured."""
        self._entry.write()
        self._open = True
        _IN_FORCE.add(self)
        try:
            for action in (*self._plan.tools, *self._plan.actions):
                if action.do is not None:
                    action.do.run(self._reach)
            since = time.monotonic()
            self._running.enter_context(self._plan.meanwhile())
            self.effect = self._measure("has no effect", self._plan.look, self._plan.in_force, self._plan.bound)
        except BaseException:
            self._undo(self._plan.actions)
            self._close()
            raise
        self._record.append(
            FaultBegan, "act", since=since, id=self.id, name=self.fault.name, what=self.words,
            measured=str(self.effect), exclusive=self.fault.exclusive,
        )  # fmt: skip

    def end(self) -> None:
        """Undoes and measures; nothing the second time. FaultError when the end cannot be measured.

        What cannot be undone stays in the journal, and another ``end`` tries it again.
        """
        if not self._open:
            return
        self._require_to_be_last()
        self._undo(self._plan.actions)
        since = time.monotonic()
        look, bound = self._plan.end()
        try:
            self.after = self._measure("has not ended", look, self._plan.over, bound)
        finally:
            self._close()
        self._record.append(
            FaultEnded, "act", since=since, id=self.id, name=self.fault.name, what=self.words, measured=str(self.after)
        )

    def _require_to_be_last(self) -> None:
        """UsageError when a later fault has changed the same object: its undoing would bring this one back."""
        for other in journal.entries():
            if other.began > self._entry.began and other.changes & self._entry.changes:
                raise UsageError(
                    f"the fault {self.words} cannot end before {other.what}, which began later",
                    where=", ".join(sorted(other.changes & self._entry.changes)),
                    next_step=f"end {other.what} first",
                )

    def _undo(self, actions: Sequence[Action]) -> None:
        self._running.close()
        for step in undoing(actions):
            patiently(lambda step=step: steps.undo(step, self._reach))  # type: ignore[misc]

    def _close(self) -> None:
        """The tools of the measuring go, and then the entry."""
        self._undo(self._plan.tools)
        self._entry.remove()
        self._open = False
        _IN_FORCE.discard(self)

    def _measure(
        self, wrong: str, look: Callable[[], Reading], good: Callable[[Reading], bool], bound: float
    ) -> Reading:
        try:
            return measure.until(look, good, bound)
        except NotMeasured as error:
            raise FaultError(
                f"the fault {self.words} {wrong} that can be measured within {bound:.0f} s: {error.what}",
                where=f"{self._entry.cluster}/{self._entry.namespace}",
                next_step=f"docs/faults.md says how {self.fault.name} works, and how it is measured",
            ) from error


def undoing(actions: Sequence[Action]) -> list[Step]:
    """What undoes these actions, the last one first."""
    return [action.undo for action in reversed(actions) if action.undo is not None]


def patiently(act: Callable[[], None], clock: Clock = _SYSTEM) -> None:
    """Does something again until the API server takes it; its own error after the bound."""
    deadline = clock.monotonic() + UNDO_BOUND
    while True:
        try:
            return act()
        except CanarylabError:
            if clock.monotonic() >= deadline:
                raise
        clock.sleep(_AGAIN)


def begin(journey: Journey, fault: Fault) -> Applied:
    """Injects a fault into a journey that has started; returns when its effect is measured.

    UsageError when the fault does not fit there, FaultError when it has no effect that can be measured; nothing of it
    is left then.
    """
    cluster, mesh = journey.stack.cluster, journey.stack.mesh
    if why := fault.unfit(cluster.rung, mesh.name, journey.application):
        raise UsageError(why, where=f"cluster {cluster.name}", next_step="docs/faults.md says where each fault works")
    site = Site.of(journey)
    applied = Applied(journey, fault, site, fault.plan(site))
    applied.begin()
    return applied


@contextmanager
def inject(journey: Journey, fault: Fault) -> Iterator[Applied]:
    """A fault for the length of a ``with`` block; it ends with it, whatever happens there."""
    applied = begin(journey, fault)
    try:
        yield applied
    finally:
        applied.end()
