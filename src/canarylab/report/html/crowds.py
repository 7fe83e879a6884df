"""The panels about users: their split between the revisions, their success rate, and their latency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import attrgetter

from canarylab.model.canary import TOTAL
from canarylab.report.course import Course, Span
from canarylab.report.html.panel import Panel, rect
from canarylab.report.html.scale import MILLISECONDS, Time, Values, ceiling, top
from canarylab.report.html.tree import Element, e
from canarylab.report.users import Second, Users

_CROWDS = 3  # that have a colour of their own
_BROKEN = 1.5  # seconds without an answer, over which no line is drawn

Point = tuple[float, float]  # a second and a value


def crowd(number: int) -> str:
    """The class of a crowd's marks."""
    return f"c{number % _CROWDS}"


def split(course: Course, time: Time) -> Panel:
    splits = [one for crowd in course.case.users for one in crowd.splits if one.total]
    shares = [TOTAL * max(one.canary, one.most) / one.total for one in splits]
    values = Values(0, top(min(TOTAL, max(shares, default=0))), 80)
    marks = [mark for n, users in enumerate(course.case.users) for mark in _shares(users, course, time, values, n)]
    about = "Share of the answers that the new revision gave at each weight, and the bounds that the weight allows"
    return Panel("answers by the new revision", about, values, tuple(marks))


def _shares(users: Users, course: Course, time: Time, values: Values, number: int) -> Iterator[Element]:
    for one in users.splits:
        if one.total:
            low, high = (TOTAL * count / one.total for count in (one.least, one.most))
            share = TOTAL * one.canary / one.total
            span = Span(one.start - course.zero, one.end - course.zero, f"{share:.1f}")
            title = f"{users.name}: {share:.1f}% of {one.total}; {low:.1f}% to {high:.1f}% are allowed at {one.weight}%"
            depth = max(1.0, values.y(low) - values.y(high))
            yield rect(time, span, values.y(high), depth, class_="bounds", title=title)
            yield e(
                "line", e("title", title), x1=time.x(span.start), x2=time.x(span.end),
                y1=values.y(share), y2=values.y(share), data_value=share,
                class_=f"share {crowd(number)}{'' if one.holds else ' off'}",
            )  # fmt: skip


def success(course: Course, time: Time) -> Panel:
    rates = [_rate(second) for users in course.case.users for second in users.seconds]
    values = Values(min(90.0, 10.0 * (min(rates) // 10)), TOTAL, 60)
    marks = [
        mark
        for number, users in enumerate(course.case.users)
        for mark in _line(_points(users, course, _rate), time, values, crowd(number))
    ]
    return Panel("users' success rate", "Share of users' answers that succeeded, in each second", values, tuple(marks))


def _rate(second: Second) -> float:
    return TOTAL * (1 - second.failed / second.answers)


def latency(course: Course, time: Time) -> Panel:
    seconds = [one for users in course.case.users for one in users.seconds]
    values = Values(0, ceiling(max(one.p99 for one in seconds)), 60, MILLISECONDS)
    marks: list[Element] = []
    for number, users in enumerate(course.case.users):
        slow, usual = (_points(users, course, attrgetter(name)) for name in ("p99", "p50"))
        marks += _line(slow, time, values, f"{crowd(number)} p99")
        marks += _line(usual, time, values, f"{crowd(number)} p50")
    return Panel("users' latency", "Median and 99th percentile of users' latency in each second", values, tuple(marks))


def _points(users: Users, course: Course, value: Callable[[Second], float]) -> list[Point]:
    """A value at the middle of each second."""
    return [(one.at + 0.5 - course.zero, value(one)) for one in users.seconds]


def _line(points: list[Point], time: Time, values: Values, class_: str) -> Iterator[Element]:
    """Straight from each point to the next one, but for those that only go on level."""
    for stretch in _stretches([one for one in points if time.start <= one[0] <= time.end]):
        for (a, before), (b, after) in pairwise(_bends(stretch)):
            yield e(
                "line", x1=time.x(a), x2=time.x(b), y1=values.y(before), y2=values.y(after), class_=f"curve {class_}",
                data_at=b, data_value=after,
            )  # fmt: skip


def _stretches(points: list[Point]) -> Iterator[list[Point]]:
    """Points without a break between them."""
    stretch: list[Point] = []
    for one in points:
        if stretch and one[0] - stretch[-1][0] >= _BROKEN:
            yield stretch
            stretch = []
        stretch.append(one)
    yield stretch


def _bends(points: list[Point]) -> list[Point]:
    """The first, the last, and those whose value is not that of both neighbours."""
    inner = zip(points, points[1:], points[2:], strict=False)
    return [*points[:1], *(b for a, b, c in inner if not a[1] == b[1] == c[1]), *points[1:][-1:]]
