"""The part of a page about one rollout: verdict, chart, and what explains it, which is folded unless it failed."""

from __future__ import annotations

from collections.abc import Iterator

from canarylab.report.case import Case
from canarylab.report.course import Course
from canarylab.report.html import chart, crowds, tables
from canarylab.report.html.difference import differences
from canarylab.report.html.tree import Child, Element, e

_LEGEND = (
    ("line seen", "seen"),
    ("line predicted", "predicted"),
    ("box bounds", "allowed by the weight"),
    ("line p50", "median"),
    ("line p99", "99th percentile"),
)


def anchor(number: int) -> str:
    return f"rollout-{number}"


def heading(case: Case) -> str:
    """A test's name as a sentence; else the title."""
    _, found, name = case.test.rpartition("::")
    return name.removeprefix("test_").replace("_", " ") if found else case.title


def section(case: Case, number: int) -> Element:
    """One rollout; ``number`` makes its address."""
    course = Course(case)
    return e(
        "section", *_head(case, number), *_explained(case, course), figure(course), *_tables(case, course),
        *_dossier(case), *_again(case), class_=f"case {'ok' if case.holds else 'bad'}", id=anchor(number),
        aria_labelledby=f"{anchor(number)}-title",
    )  # fmt: skip


def mark(case: Case) -> Element:
    """A sign, with its meaning for who cannot see it."""
    sign, meaning = ("✓", "as expected") if case.holds else ("✗", "not as expected")
    return e("span", sign, class_="mark", role="img", aria_label=meaning)


def _head(case: Case, number: int) -> Iterator[Element]:
    yield e("h2", mark(case), " ", heading(case), id=f"{anchor(number)}-title")
    names = [one for one in (case.test, f"canary {case.canary}") if one]
    yield e("p", *_between([e("code", one) for one in names]), class_="names")
    yield e("p", e("b", case.outcome.value), f": {case.why}" if case.why else "", class_="why")
    if case.note:
        yield e("p", case.note, class_="note")
    if case.details:
        yield e("ul", *(e("li", one) for one in case.details))


def _between(items: list[Element]) -> Iterator[Child]:
    for number, one in enumerate(items):
        yield from (" · ", one) if number else (one,)


def _explained(case: Case, course: Course) -> Iterator[Element]:
    """The difference, for one that failed: it stands above the chart."""
    if case.wrong:
        yield differences(case.wrong)
    elif case.failure:
        yield tables.block(case.failure, "What failed the test")
    if _strays(case, course):
        yield tables.course(course)


def _strays(case: Case, course: Course) -> bool:
    """Whether its stages are what went wrong; then they stand above the chart."""
    return not case.holds and case.expected is not None and any(not one.agrees for one in course.rows())


def figure(course: Course) -> Element:
    """The chart, with its legend and what second 0 is."""
    named = [e("span", one.name, class_=f"key {crowds.crowd(n)}") for n, one in enumerate(course.case.users)]
    keys = [e("span", _key(name, course), class_=f"key {class_}") for class_, name in _LEGEND if _shown(class_, course)]
    caption = e("figcaption", *_between([*keys, *(named if len(named) > 1 else [])]), class_="legend")
    return e("figure", caption, *chart.panels(course), *_faults(course))


def _key(name: str, course: Course) -> str:
    """What was predicted, by its outcome."""
    expected = course.case.expected
    return f"{name}: {expected.outcome}" if expected and name == "predicted" else name


def _shown(class_: str, course: Course) -> bool:
    """Whether the chart has what a key of the legend stands for."""
    needs = {"line predicted": course.case.expected is not None, "line seen": True}
    return needs.get(class_, any(one.seconds for one in course.case.users))


def _faults(course: Course) -> Iterator[Element]:
    for one in course.faults():
        yield e("p", e("span", "fault", class_="key box fault"), f" {one}", class_="legend")


def _tables(case: Case, course: Course) -> Iterator[Element]:
    """The chart's numbers, and everything that was said and seen."""
    if case.expected is None:
        yield tables.folded("Stages", tables.stages(course))
    elif not _strays(case, course):
        yield tables.folded("Stages: predicted and seen", tables.course(course))
    for users in case.users:
        told = [tables.splits(users, course.zero)] if users.splits else []
        yield tables.folded(f"Answers to {users.name}", *told, tables.latencies(users, course.zero))
    if case.findings:
        yield tables.folded(f"All {len(case.findings)} claims of the verdict", tables.findings(case))
    if any(case.timeline.reasons()):
        yield tables.folded("What Flagger said", tables.words(case, course.zero), open_=not case.holds)
    yield tables.folded(f"All {len(case.timeline.events)} events", tables.events(case, course.zero))


def _dossier(case: Case) -> Iterator[Element]:
    if case.metrics:
        yield tables.folded("Metric values and their queries", tables.metrics(case), open_=True)
    if case.failure and case.wrong:
        yield tables.folded("How the test failed", tables.block(case.failure, "How the test failed"))
    for one in case.parts:
        yield tables.folded(one.name, tables.block(one.text, one.name))


def _again(case: Case) -> Iterator[Element]:
    if case.reproduce:
        yield e("p", "Again: ", e("code", case.reproduce), class_="again")
