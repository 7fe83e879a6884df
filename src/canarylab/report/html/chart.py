"""The chart of a rollout: phases, events and weight, and what users saw, over the same seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from canarylab.model.timeline import Acted, Committed, FlaggerSaid, Gap, Synced, Triggered
from canarylab.report import said
from canarylab.report.course import Course, Fault, Span
from canarylab.report.html import crowds
from canarylab.report.html.panel import Panel, axis, drawn, rect
from canarylab.report.html.scale import Time, Values, top
from canarylab.report.html.tree import Element, e

PHASES = frozenset(
    {"Initializing", "Initialized", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising"}
    | {"Succeeded", "Failed"}
)

_LANE = 18  # pixels
_MARKED = FlaggerSaid | Acted | Gap | Triggered | Committed | Synced
_SIGNS = {"halt": "×", "act": "◆", "gap": "≠", "trigger": "▲", "commit": "◇", "sync": "↻"}


def panels(course: Course) -> list[Element]:
    """Every panel that there is something for, and the time axis."""
    time, users = Time(course.start, course.end), course.case.users
    told = [_phases(course, time), _events(course, time), *_faults(course, time), _weight(course, time)]
    if any(one.splits for one in users):
        told.append(crowds.split(course, time))
    if any(one.seconds for one in users):
        told += [crowds.success(course, time), crowds.latency(course, time)]
    return [*(drawn(panel, course, time) for panel in told), axis(time)]


def _phases(course: Course, time: Time) -> Panel:
    seen = [each for one in course.phases() for each in _phase(time, one, 0, 22, "seen")]
    predicted = [each for one in course.predicted_phases() for each in _phase(time, one, 26, 14, "predicted")]
    about = "Phase of the Canary over time, seen above and predicted below"
    return Panel("phase", about, Values(0, 1, 40 if predicted else 22), (*seen, *predicted), labelled=False)


def _phase(time: Time, span: Span, top: int, height: int, kind: str) -> Iterator[Element]:
    """A block, and its name as far as it fits."""
    name = span.value if span.value in PHASES else "other"
    yield rect(time, span, top, height, class_=f"phase {kind} {name}", title=f"{kind}: {span.value or 'no phase yet'}")
    yield _word(time, span, top, height, kind)


def _word(time: Time, span: Span, top: int, height: int, kind: str) -> Element:
    word = e("text", span.value, x=5, y=height / 2 + 4.0, class_=f"word {kind}")
    box = {"x": time.x(span.start), "width": time.width(span.start, span.end), "y": top, "height": height}
    return e("svg", word, aria_hidden="true", **box)


def _faults(course: Course, time: Time) -> Iterator[Panel]:
    """A lane for each fault, so that those that were in force together are told apart."""
    lanes = [each for number, one in enumerate(course.faults()) for each in _lane(time, one, number * _LANE)]
    if lanes:
        height = _LANE * len(course.faults())
        yield Panel("faults", "Faults while they were in force", Values(0, 1, height), tuple(lanes), labelled=False)


def _lane(time: Time, fault: Fault, top: int) -> Iterator[Element]:
    yield rect(time, fault.span, top + 1, _LANE - 2, class_="lane", title=fault.span.value)
    named = replace(fault.span, end=time.end)  # the name may be longer than the fault
    yield _word(time, named, top + 1, _LANE - 2, "lane")


def _events(course: Course, time: Time) -> Panel:
    marks = [mark for one in course.case.timeline.events if (mark := _event(course, time, one)) is not None]
    about = "Events over time: what Flagger said, checks that failed, what was done, gaps"
    by_git = "  ◇ committed  ↻ synced" if any(True for _ in course.case.timeline.of(Committed)) else ""
    name = f"events: ▲ shipped  × halted  ◆ done meanwhile{by_git}  ≠ gap  • Flagger spoke"
    return Panel(name, about, Values(0, 1, 20), tuple(marks), labelled=False)


def _event(course: Course, time: Time, one: object) -> Element | None:
    """A mark for what was said or done; the states have panels of their own."""
    if not isinstance(one, _MARKED) or one.at - course.zero < time.start:
        return None
    kind = one.kind
    if isinstance(one, FlaggerSaid) and said.halts(one.text):
        kind = "halt"
    sign = _SIGNS.get(kind, "•")
    at = one.at - course.zero
    return e(
        "text", e("title", f"{at:+.1f} s: {one.words()}"), sign,
        x=time.x(at), y=15, class_=f"mark {kind}", data_at=at,
    )  # fmt: skip


def _weight(course: Course, time: Time) -> Panel:
    seen, predicted = course.weights(), course.predicted_weights()
    highest = max([one.weight for one in (*seen, *predicted)], default=0)
    values = Values(0, top(highest), 120)
    marks = (*_steps(predicted, time, values, "predicted"), *_steps(seen, time, values, "seen"))
    return Panel("weight", "Weight of the new revision over time, seen and predicted", values, tuple(marks))


def _steps(spans: Sequence[Span], time: Time, values: Values, kind: str) -> Iterator[Element]:
    """Each weight as a level line, and an upright one to the next."""
    for one in spans:
        y = values.y(one.weight)
        yield e(
            "line", e("title", f"{kind}: {one.weight}% from {one.start:+.1f} s to {one.end:+.1f} s"),
            x1=time.x(one.start), x2=time.x(one.end), y1=y, y2=y, class_=f"step {kind}",
            data_at=one.start, data_until=one.end, data_value=one.weight,
        )  # fmt: skip
    for before, after in pairwise(spans):
        x = time.x(after.start)
        yield e("line", x1=x, x2=x, y1=values.y(before.weight), y2=values.y(after.weight), class_=f"rise {kind}")
