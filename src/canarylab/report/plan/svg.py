"""A forecast as a picture: the canary's weight in steps over the ticks, phases, waits, gates and failed checks.

One SVG without scripts or foreign parts, readable on dark and on light ground, with a title and a description for
screen readers. Ticks are columns of one width; below each stand its earliest and its latest time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from canarylab.model.forecast import Forecast, Tick, strategy
from canarylab.report.plan import words

_LEFT, _RIGHT, _TOP, _HEIGHT = 56.0, 24.0, 104.0, 200.0  # the margins of the plot, and its height
_BAND, _FOOT = 22.0, 74.0
_LEAST, _MOST, _WIDE = 34.0, 96.0, 900.0  # a column's width, and the picture's where columns are wide enough
_NARROW = 62.0  # a column too narrow for its times
_STYLE = """
.ink{fill:#1b1f24}.dim{fill:#57606a}.grid{stroke:#d0d7de;stroke-width:1}.ground{fill:#fff}
.line{fill:none;stroke:#0969da;stroke-width:3}.area{fill:#0969da;fill-opacity:.14}
.copies{fill:none;stroke:#8250df;stroke-width:3;stroke-dasharray:3 4}
.wait{fill:#57606a;fill-opacity:.12}.bad{stroke:#cf222e;stroke-width:2.5}.badly{fill:#cf222e}
.gate{fill:#9a6700}.Waiting,.WaitingPromotion{fill:#fff0c2}.Progressing{fill:#ddf4ff}.Promoting{fill:#e2dcff}
.Finalising{fill:#ece8ff}.Succeeded{fill:#d2f4d9}.Failed{fill:#ffdcd9}.Initialized{fill:#eaeef2}
text{font:12px system-ui,sans-serif}.head{font-size:15px;font-weight:600}.small{font-size:10.5px}
@media(prefers-color-scheme:dark){
.ink{fill:#e6edf3}.dim{fill:#9198a1}.grid{stroke:#3d444d}.ground{fill:#0d1117}
.line{stroke:#4493f8}.area{fill:#4493f8}.copies{stroke:#ab7df8}.wait{fill:#9198a1}
.bad{stroke:#f85149}.badly{fill:#f85149}.gate{fill:#d29922}
.Waiting,.WaitingPromotion{fill:#4d3800}.Progressing{fill:#0c2d6b}.Promoting{fill:#3c1e70}
.Finalising{fill:#2e2152}.Succeeded{fill:#0f4221}.Failed{fill:#67060c}.Initialized{fill:#212830}}
"""


def render(forecast: Forecast) -> str:
    """The document."""
    canvas = _Canvas(forecast)
    root = ET.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", role="img", viewBox=f"0 0 {canvas.width:g} {canvas.height:g}"
    )
    name = f"{forecast.canary.namespace}-{forecast.canary.name}"
    root.attrib["aria-labelledby"] = f"{name}-title {name}-description"
    ET.SubElement(root, "title", id=f"{name}-title").text = _title(forecast)
    ET.SubElement(root, "desc", id=f"{name}-description").text = describe(forecast)
    ET.SubElement(root, "style").text = _STYLE
    for parts in (canvas.ground(), canvas.bands(), canvas.waits(), canvas.grid(), canvas.weights(), canvas.marks()):
        root.extend(parts)
    root.extend(canvas.times())
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _title(forecast: Forecast) -> str:
    return f"Planned rollout of {forecast.canary.namespace}/{forecast.canary.name}: {words.outcome(forecast)}"


def describe(forecast: Forecast) -> str:
    """The whole picture in words."""
    told = [
        f"Tick {one.number}, {words.span(one).replace(' .. ', ' to ')}: {one.state.phase}, canary {words.route(one)}"
        f"{f', {one.state.failed} failed' if one.state.failed else ''}"
        for one in forecast.ticks
    ]
    return f"{strategy(forecast.canary)}. {'. '.join(told)}. {words.end(forecast)}."


@dataclass(frozen=True)
class _Canvas:
    forecast: Forecast

    @property
    def column(self) -> float:
        """The width of a tick."""
        return max(_LEAST, min(_MOST, (_WIDE - _LEFT - _RIGHT) / len(self.forecast.ticks)))

    @property
    def width(self) -> float:
        return _LEFT + self.column * len(self.forecast.ticks) + _RIGHT

    @property
    def height(self) -> float:
        return _TOP + _HEIGHT + _FOOT

    def x(self, tick: int) -> float:
        """Where a tick's column begins; the tick itself is there, and its state lasts as long as the column."""
        return _LEFT + (tick - 1) * self.column

    def y(self, weight: float) -> float:
        return _TOP + _HEIGHT * (1 - weight / 100)

    def ground(self) -> Iterator[ET.Element]:
        yield _rect("ground", 0, 0, self.width, self.height)
        yield _text("head ink", 16, 26, f"{self.forecast.canary.name}: {strategy(self.forecast.canary)}")
        yield _text("dim", 16, 46, words.end(self.forecast))

    def bands(self) -> Iterator[ET.Element]:
        """A strip for each phase above the plot."""
        for phase, group in groupby(self.forecast.ticks, key=lambda one: one.state.phase):
            ticks = list(group)
            left, wide = self.x(ticks[0].number), self.column * len(ticks)
            yield _rect(phase, left, _TOP - _BAND - 8, wide - 1, _BAND)
            if wide >= len(phase) * 5.6:
                yield _text("small ink", left + wide / 2, _TOP - 15, phase, anchor="middle")

    def waits(self) -> Iterator[ET.Element]:
        """Shades the columns in whose time pods have to become ready."""
        for one in self.forecast.ticks:
            if one.waits and one.number > 1:
                left = self.x(one.number - 1)
                yield _rect("wait", left, _TOP, self.column, _HEIGHT)
                label = _text("small dim", left + self.column / 2 + 4, _TOP + 8, f"waits for the {one.waits}'s pods")
                label.attrib["transform"] = f"rotate(90 {left + self.column / 2:g} {_TOP + 8:g})"
                yield label

    def grid(self) -> Iterator[ET.Element]:
        for weight in (0, 25, 50, 75, 100):
            yield _line("grid", _LEFT, self.y(weight), self.width - _RIGHT, self.y(weight))
            yield _text("small dim", _LEFT - 8, self.y(weight) + 4, f"{weight}%", anchor="end")
        yield _text("small dim", 16, _TOP - 34, "canary's share of the traffic")

    def weights(self) -> Iterator[ET.Element]:
        """The steps, the area below them, and copies as a dashed line at the top."""
        points = []
        for one in self.forecast.ticks:
            y = self.y(one.state.route.canary)
            points += [(self.x(one.number), y), (self.x(one.number + 1), y)]
        first, last = (points[0][0], self.y(0)), (points[-1][0], self.y(0))
        yield ET.Element("polygon", {"class": "area", "points": _points([first, *points, last])})
        yield ET.Element("polyline", {"class": "line", "points": _points(points)})
        for one in self.forecast.ticks:
            if one.state.route.mirrored:
                yield _line("copies", self.x(one.number), self.y(100), self.x(one.number + 1), self.y(100))
                yield _text("small dim", self.x(one.number) + 4, self.y(100) + 14, "copies")

    def marks(self) -> Iterator[ET.Element]:
        """Failed checks as crosses, closed gates as diamonds, iterations as numbers, each in its tick."""
        for one in self.forecast.ticks:
            x, y = self.x(one.number) + 9, self.y(one.state.route.canary)
            above = y - 10 if y - 10 > _TOP + 8 else y + 16
            if one.rule in ("halt", "pre-rollout fails"):
                yield from (_line("bad", x - 5, above - s, x + 5, above + s) for s in (5, -5))
                yield _text("small badly", x + 9, above + 4, f"{one.state.failed}")
            elif _gate(one):
                yield _path("gate", f"M{x:g} {above - 6:g}l6 6l-6 6l-6 -6z", f"closed: {_gate(one)}")
            elif one.state.iteration > 0 and one.state.phase == "Progressing":
                yield _text("small ink", x - 2, above + 4, f"#{one.state.iteration}")

    def times(self) -> Iterator[ET.Element]:
        """Below each tick its number, its earliest and its latest time; of narrow ones every second's."""
        every = 1 if self.column >= _NARROW else 2
        for label, row in (("tick", 18), ("earliest", 36), ("latest", 54)):
            yield _text("small dim", _LEFT - 8, _TOP + _HEIGHT + row, label, anchor="end")
        for one in self.forecast.ticks:
            x, y = self.x(one.number), _TOP + _HEIGHT
            yield _line("grid", x, y, x, y + 6)
            yield _text("small ink", x + 2, y + 18, str(one.number))
            if one.number % every == 0 or every == 1 or one is self.forecast.ticks[-1]:
                yield _text("small ink", x + 2, y + 36, words.clock(one.best))
                yield _text("small ink", x + 2, y + 54, words.clock(one.worst))


def _gate(tick: Tick) -> str:
    """The webhook that holds a tick, if one does."""
    return next((one.webhook.name for one in tick.told.calls if not one.passes and one.webhook.type in _HOLDING), "")


_HOLDING = ("confirm-rollout", "confirm-traffic-increase", "confirm-promotion")


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _rect(name: str, x: float, y: float, width: float, height: float) -> ET.Element:
    sizes = {"x": f"{x:g}", "y": f"{y:g}", "width": f"{width:g}", "height": f"{height:g}"}
    return ET.Element("rect", {"class": name, **sizes})


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> ET.Element:
    return ET.Element("line", {"class": name, "x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}"})


def _path(name: str, drawn: str, title: str) -> ET.Element:
    made = ET.Element("path", {"class": name, "d": drawn})
    ET.SubElement(made, "title").text = title
    return made


def _text(name: str, x: float, y: float, words_: str, *, anchor: str = "start") -> ET.Element:
    made = ET.Element("text", {"class": name, "x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor})
    made.text = words_
    return made
