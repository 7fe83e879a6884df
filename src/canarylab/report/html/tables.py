"""Tables of a page: the same that the charts show, for a screen reader and for whoever wants the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from canarylab.model.canary import TOTAL
from canarylab.model.expectation import Step
from canarylab.report import said, text
from canarylab.report.case import Case, Ground
from canarylab.report.course import Course, Row
from canarylab.report.html.tree import Child, Element, e
from canarylab.report.users import Second, Users

Cells = Sequence[Child]
_SLOT = 5  # seconds of users' answers in a row


def table(caption: str, heads: Sequence[str], rows: Iterable[tuple[str, Cells]]) -> Element:
    """A table that scrolls by itself where it is wider than the page; each row has a class and its cells."""
    body = [e("tr", *(e("td", *_cell(cell)) for cell in cells), class_=class_ or None) for class_, cells in rows]
    made = e(
        "table",
        e("caption", caption),
        e("thead", e("tr", *(e("th", head, scope="col") for head in heads))),
        e("tbody", *body),
    )
    return scrolling(made, caption)


def scrolling(inner: Element, name: str) -> Element:
    """What may be wider than the page, reachable by keyboard."""
    return e("div", inner, class_="scroll", tabindex=0, role="region", aria_label=name)


def _cell(cell: Child) -> Iterator[Child]:
    yield cell


def folded(title: str, *children: Child, open_: bool = False) -> Element:
    return e("details", e("summary", title), *children, open="" if open_ else None)


def block(value: str, name: str) -> Element:
    """A text as it stands."""
    return e("pre", value, tabindex=0, role="region", aria_label=name)


def course(made: Course) -> Element:
    """What was predicted beside what was seen."""
    rows = [("" if one.agrees else "differs", _stage_cells(one)) for one in made.rows()]
    return table("Stages, predicted and seen", ("predicted", "at", "seen", "at", ""), rows)


def _stage_cells(one: Row) -> Cells:
    return (_step(one.predicted), _at(one.predicted_at), _step(one.seen), _at(one.seen_at), _agreement(one))


def _agreement(one: Row) -> str:
    if one.agrees:
        return "as predicted"
    if one.predicted and one.seen:
        return "differs"
    return "not seen" if one.predicted else "not predicted"


def _step(step: Step | None) -> str:
    """A stage, and the route's weight where that is another one."""
    if step is None:
        return "–"
    return f"{step.stage}, route {step.weight}%" if step.weight != step.stage.weight else str(step.stage)


def stages(made: Course) -> Element:
    """What was seen, where nothing was predicted."""
    rows = [("", (str(stage), _at(at))) for at, stage in made.stages()]
    return table("Stages seen", ("seen", "at"), rows)


def _at(second: float | None) -> str:
    return "–" if second is None else f"{second:+.1f}\u00a0s"


def findings(case: Case) -> Element:
    """Every claim of the verdict."""
    rows = [
        ("" if one.holds else "differs", ("holds" if one.holds else "WRONG", one.claim, one.expected, one.seen))
        for one in case.findings
    ]
    return table("Every claim of the verdict", ("", "claim", "expected", "seen"), rows)


def splits(users: Users, zero: float) -> Element:
    """A crowd's answers at each weight."""
    rows = [
        (
            "" if one.holds else "differs",
            (
                f"{one.weight}%",
                f"{_at(one.start - zero)} to {_at(one.end - zero)}",
                str(one.total),
                f"{one.canary} ({TOTAL * one.canary / one.total:.1f}%)" if one.total else "0",
                f"{one.least} to {one.most}",
            ),
        )
        for one in users.splits
    ]
    heads = ("weight", "seconds", "answers", "by the new revision", "allowed")
    return table(f"Answers to {users.name} at each weight", heads, rows)


def latencies(users: Users, zero: float) -> Element:
    """A crowd's answers, in slots of some seconds."""
    slots: dict[int, list[Second]] = {}
    for one in users.seconds:
        slots.setdefault(int((one.at - zero) // _SLOT), []).append(one)
    rows = [("differs" if any(s.failed for s in held) else "", _slot(number, held)) for number, held in slots.items()]
    heads = ("seconds", "answers", "failed", "success rate", "median", "99th percentile")
    return table(f"Answers to {users.name} over time", heads, rows)


def _slot(number: int, held: Sequence[Second]) -> Cells:
    answers, failed = sum(one.answers for one in held), sum(one.failed for one in held)
    return (
        f"{number * _SLOT:+d} to {(number + 1) * _SLOT:+d} s",
        str(answers),
        str(failed),
        f"{TOTAL * (1 - failed / answers):.2f}%",
        f"{sorted(one.p50 for one in held)[len(held) // 2]:.1f} ms",
        f"{max(one.p99 for one in held):.1f} ms",
    )


def words(case: Case, zero: float) -> Element:
    """What Flagger said, in its words and in ours."""
    rows = [("halt" if one.halts else "", (_at(one.at - zero), one.theirs, one.ours)) for one in said.of(case.timeline)]
    return table("What Flagger said", ("at", "in its words", "in ours"), rows)


def events(case: Case, zero: float) -> Element:
    """Everything that was seen."""
    rows = [("", (_at(one.at - zero), _clock(one.wall), one.source, one.words())) for one in text.news(case.timeline)]
    return table("Every event", ("at", "UTC", "source", "what"), rows)


def _clock(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).strftime("%H:%M:%S.%f")[:-3]


def metrics(case: Case) -> Element:
    """The values of Flagger's queries about the new revision."""
    rows = [("", (one.metric, _value(one.value), _limits(one.least, one.most), one.query)) for one in case.metrics]
    return table("Metrics of the new revision when it failed", ("metric", "value", "limits", "query"), rows)


def _value(value: float | None) -> str:
    return "no value" if value is None else f"{value:g}"


def _limits(least: float | None, most: float | None) -> str:
    told = [f"at least {least:g}" if least is not None else "", f"at most {most:g}" if most is not None else ""]
    return ", ".join(filter(None, told)) or "none"


def images(ground: Ground) -> Element:
    """The programs behind the images."""
    rows = [
        ("", (one.pattern, one.program, one.version, one.origin, e("code", one.sha256 or "–", class_="sum")))
        for one in ground.images
    ]
    return table("What stands behind the images", ("images", "program", "version", "from", "SHA-256"), rows)
