"""The course of a rollout on its clock: what was predicted for which second, and what was seen then. Pure.

Seconds count from the trigger, or from the first event where none was seen. A prediction counts ticks; its first one is
taken to be the first tick that was seen, and the others follow at the Canary's interval. Ticks that only wait for pods
are not predicted, so that what is seen may come later by whole ticks.
"""

from __future__ import annotations

from dataclasses import dataclass

from canarylab.model import compare
from canarylab.model.expectation import Stage, Step
from canarylab.model.timeline import CanarySeen, Event, FaultBegan, FaultEnded, RouteSeen, Timeline
from canarylab.report.case import Case

BEFORE, AFTER = 5.0, 3.0  # seconds that are shown before the trigger and, at least, after the last event
AFTER_SHARE = 0.1  # so that the last phase has room for its name


@dataclass(frozen=True)
class Span:
    """Something that held from one second to another: a weight, a phase, a fault."""

    start: float
    end: float
    value: str

    @property
    def weight(self) -> int:
        return int(self.value)


@dataclass(frozen=True)
class Fault:
    """A fault while it was in force, what was measured of it, and what was measured after it."""

    span: Span
    during: str
    after: str

    def __str__(self) -> str:
        span = self.span
        return f"{span.value}: {span.start:+.1f} s to {span.end:+.1f} s; {self.during}; afterwards: {self.after}"


@dataclass(frozen=True)
class Row:
    """A step that was predicted, seen, or both, and when; no second where it was not, or stood before the trigger."""

    predicted: Step | None
    predicted_at: float | None
    seen: Step | None
    seen_at: float | None
    agrees: bool


def zero(timeline: Timeline) -> Event | None:
    """The event at second 0."""
    return timeline.trigger() or next(iter(timeline.events), None)


@dataclass(frozen=True)
class Course:
    """A case on its clock. ``start`` and ``end`` are the seconds that are shown."""

    case: Case

    @property
    def zero(self) -> float:
        """Second 0, of the record's clock."""
        first = zero(self.case.timeline)
        return first.at if first else 0.0

    @property
    def start(self) -> float:
        events = self.case.timeline.events
        return max(-BEFORE, events[0].at - self.zero) if events else 0.0

    @property
    def end(self) -> float:
        """Shortly after the last event, or after the last step that was predicted."""
        seen = [one.at - self.zero for one in self.case.timeline.events[-1:]]
        last = max([*seen, *(at for at, _, _ in self._steps()), self.start + 1])
        return last + max(AFTER, AFTER_SHARE * (last - self.start))

    def weights(self) -> list[Span]:
        """The canary's weight in the route; in its status where no route was seen."""
        routes = [(one.at, one.canary) for one in self.case.timeline.of(RouteSeen)]
        status = [(one.at, one.weight) for one in self.case.timeline.of(CanarySeen)]
        return self._spans([(at - self.zero, str(weight)) for at, weight in routes or status])

    def phases(self) -> list[Span]:
        """The Canary's phases."""
        return self._spans([(one.at - self.zero, one.phase) for one in self.case.timeline.of(CanarySeen)])

    def predicted_weights(self) -> list[Span]:
        return self._spans([(at, str(weight)) for at, _, weight in self._steps()])

    def predicted_phases(self) -> list[Span]:
        return self._spans([(at, stage.phase) for at, stage, _ in self._steps()])

    def faults(self) -> list[Fault]:
        """Each from its begin to its end, to the end of what is shown where none was seen."""
        ends = {one.id: one for one in self.case.timeline.of(FaultEnded)}
        return [self._fault(one, ends.get(one.id)) for one in self.case.timeline.of(FaultBegan)]

    def _fault(self, began: FaultBegan, ended: FaultEnded | None) -> Fault:
        end = ended.since - self.zero if ended else self.end
        after = ended.measured if ended else "no end was seen"
        return Fault(Span(began.since - self.zero, end, began.what), began.measured, after)

    def rows(self) -> list[Row]:
        """What was predicted beside what was seen, step by step, as the verdict compares them; none without either."""
        expected, record = self.case.expected, self.case.timeline
        if expected is None:
            return []
        by_hand = compare.touched(record)
        return [self._row(one) for one in compare.aligned(expected.steps, record, self.case.interval, by_hand=by_hand)]

    def _row(self, row: compare.Row) -> Row:
        predicted = self._clock(row.planned) if row.planned and row.planned.tick else None
        seen = row.seen.at - self.zero if row.seen and row.seen.tick else None
        return Row(row.planned, predicted, row.seen, seen, row.alike)

    def stages(self) -> list[tuple[float, Stage]]:
        """What was seen, each stage once as long as it lasted, and the second of its begin."""
        seen = [(one.at - self.zero, one.stage) for one in self.case.timeline.of(CanarySeen)]
        return [one for number, one in enumerate(seen) if number == 0 or seen[number - 1][1] != one[1]]

    def _steps(self) -> list[tuple[float, Stage, int]]:
        """The second, the stage and the route's weight of each step that was predicted."""
        expected = self.case.expected
        return [(self._clock(one), one.stage, one.weight) for one in expected.steps] if expected else []

    def _clock(self, step: Step) -> float:
        return self.start if not step.tick else self._first_tick() + (step.tick - 1) * self.case.interval

    def _first_tick(self) -> float:
        """The first change of the status; a tick after second 0 where none was seen."""
        changes = [at for at, _ in self.stages()[1:]]
        return next(iter(changes), self.case.interval)

    def _spans(self, changes: list[tuple[float, str]]) -> list[Span]:
        """Values that hold until they change, cut to what is shown."""
        kept = [one for number, one in enumerate(changes) if number == 0 or changes[number - 1][1] != one[1]]
        ends = [*(at for at, _ in kept), self.end][1:]
        cut = (Span(max(self.start, at), end, value) for (at, value), end in zip(kept, ends, strict=True))
        return [one for one in cut if one.end > one.start]
