"""A strip of a chart: one SVG with its scale, the faults behind everything, and its marks in front.

It is as wide as the page lets it be; what stands in it is placed by shares of that width. Marks carry the numbers that
they show, in seconds and percent, as ``data-`` attributes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from canarylab.report.course import Course, Span
from canarylab.report.html.scale import Time, Values
from canarylab.report.html.tree import Child, Element, e

_SCALE = 48  # pixels that the labels of a scale take; the style says so too


@dataclass(frozen=True)
class Panel:
    """A strip of the chart: what it shows in a few words, its scale, and its marks."""

    name: str
    about: str
    values: Values
    marks: tuple[Element, ...]
    labelled: bool = True


def drawn(panel: Panel, course: Course, time: Time) -> Element:
    """The panel's name, its scale, and the panel."""
    height = panel.values.height
    lines = panel.values.lines() if panel.labelled else ()
    labels = [e("text", panel.values.label(v), x=_SCALE - 4, y=_beside(panel.values, v), class_="label") for v in lines]
    grid = [e("line", x1="0%", x2="100%", y1=panel.values.y(v), y2=panel.values.y(v), class_="grid") for v in lines]
    return e(
        "div",
        e("p", panel.name, class_="name"),
        e("svg", *labels, width=_SCALE, height=height, class_="y", aria_hidden="true"),
        e(
            "svg", e("title", panel.about), *_bands(course, time, height), *grid, *_zero(time, height), *panel.marks,
            width="100%", height=height, class_="plot", role="img", aria_label=panel.about,
            data_from=time.start, data_to=time.end, data_low=panel.values.low, data_high=panel.values.high,
        ),
        class_="panel",
    )  # fmt: skip


def _beside(values: Values, value: float) -> float:
    """A label's base line: its middle beside the line, but within the panel."""
    return min(max(values.y(value) + 4, 9), values.height - 1)


def _bands(course: Course, time: Time, height: int) -> Iterator[Element]:
    """Faults, behind everything."""
    for one in course.faults():
        yield rect(time, one.span, 0, height, class_="fault", title=one.span.value)


def _zero(time: Time, height: int) -> Iterator[Element]:
    if time.start < 0:
        yield e("line", x1=time.x(0), x2=time.x(0), y1=0, y2=height, class_="zero")


def rect(time: Time, span: Span, top: float, height: float, *, class_: str, title: str) -> Element:
    return e(
        "rect", e("title", f"{title}, {span.start:+.1f} s to {span.end:+.1f} s"),
        x=time.x(span.start), width=time.width(span.start, span.end), y=top, height=height, class_=class_,
        data_at=span.start, data_until=span.end, data_value=span.value,
    )  # fmt: skip


def axis(time: Time) -> Element:
    labels: list[Child] = [
        e("text", f"{second:+d} s" if second else "0 s", x=time.x(second), y=12, class_="label tick")
        for second in time.ticks()
        if 4 < float(time.x(second)[:-1]) < 96
    ]
    return e(
        "div", e("svg", width=_SCALE, height=16, class_="y", aria_hidden="true"),
        e("svg", *labels, width="100%", height=16, class_="plot axis", aria_hidden="true"), class_="panel",
    )  # fmt: skip
