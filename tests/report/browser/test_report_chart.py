"""Where the chart's marks really stand on the screen, turned back into seconds and percent, is what the record says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import rollouts

from canarylab.report.case import Case
from canarylab.report.course import Course, Span

Open = Callable[..., Any]
Mark = tuple[float, float, float]  # from second, to second, percent

# Each mark's box, as shares of its panel's box, turned back by the panel's own scale.
_READ = """([section, selector]) => [...document.querySelectorAll(`#${section} ${selector}`)].map(mark => {
    const panel = mark.ownerSVGElement, box = panel.getBoundingClientRect(), scale = panel.dataset;
    const line = mark.getBoundingClientRect();
    const at = x => +scale.from + (x - box.left) / box.width * (scale.to - scale.from);
    const share = 1 - (line.top + line.height / 2 - box.top) / box.height;
    return [at(line.left), at(line.right), +scale.low + share * (scale.high - scale.low)];
})"""
_ORDER = sorted(rollouts.ALL, key=lambda one: one.holds)


def read(page: Any, case: Case, selector: str) -> list[Mark]:
    section = f"rollout-{1 + _ORDER.index(case)}"
    return [tuple(one) for one in page.evaluate(_READ, [section, selector])]


def near(found: list[Mark], wanted: list[Mark]) -> bool:
    """To a tenth of a second, and half a percent."""
    return len(found) == len(wanted) and all(
        abs(a[0] - b[0]) < 0.1 and abs(a[1] - b[1]) < 0.1 and abs(a[2] - b[2]) < 0.5
        for a, b in zip(found, wanted, strict=True)
    )


def marks(spans: list[Span]) -> list[Mark]:
    return [(one.start, one.end, one.weight) for one in spans]


@pytest.mark.parametrize("case", rollouts.ALL[:4], ids=lambda one: one.title)
@pytest.mark.parametrize("width", [375, 1200])
def test_weights_stand_where_the_record_and_the_plan_have_them(open_page: Open, case: Case, width: int) -> None:
    page, course = open_page(width=width), Course(case)
    assert near(read(page, case, ".step.seen"), marks(course.weights()))
    assert near(read(page, case, ".step.predicted"), marks(course.predicted_weights()))


def test_the_weights_seen_are_those_of_the_timeline(open_page: Open) -> None:
    case = rollouts.PROMOTED
    changes = [(one.at - rollouts.ZERO, one.canary) for one in case.timeline.events if one.kind == "route"]
    found = read(open_page(), case, ".step.seen")
    assert [(round(start, 1), round(weight)) for start, _, weight in found] == [
        (round(at, 1), weight) for at, weight in changes
    ]


def test_the_split_lies_where_the_answers_put_it(open_page: Open) -> None:
    page, case = open_page(), rollouts.PROMOTED
    splits, zero = case.users[0].splits, Course(case).zero
    wanted = [(one.start - zero, one.end - zero, 100 * one.canary / one.total) for one in splits]
    assert near(read(page, case, ".share"), wanted)
    bounds = [(one.start - zero, one.end - zero, 50 * (one.least + one.most) / one.total) for one in splits]
    assert near(read(page, case, "rect.bounds"), bounds)


def test_the_success_rate_falls_in_the_seconds_in_which_users_failed(open_page: Open) -> None:
    page, case = open_page(), rollouts.ROLLED_BACK
    told = page.evaluate(
        "section => [...document.querySelectorAll(`#${section} svg[aria-label^='Share of users'] .curve`)]"
        ".map(line => [+line.dataset.at, +line.dataset.value])",
        f"rollout-{1 + _ORDER.index(case)}",
    )
    course = Course(case)
    seconds = {round(one.at + 0.5 - course.zero, 1): one for one in case.users[0].seconds}
    assert [at for at, _ in told][:2] == [15.5, 16.5]  # where the canary begins to be asked
    for at, value in told:
        one = seconds[round(at, 1)]
        assert value == pytest.approx(100 * (1 - one.failed / one.answers), abs=0.01)
    assert min(value for _, value in told) < 85


def test_a_fault_is_a_band_across_every_panel(open_page: Open) -> None:
    page = open_page()
    bands = read(page, rollouts.FAULTY, "rect.fault")
    panels = page.locator(f"#rollout-{1 + _ORDER.index(rollouts.FAULTY)} svg[role=img]").count()
    assert [(round(start, 1), round(end, 1)) for start, end, _ in bands] == [(20, 31)] * panels
    assert page.get_by_text("9 of 20 failed; afterwards: 0 of 20 failed").is_visible()


def test_each_fault_has_a_lane_with_its_name(open_page: Open) -> None:
    page, case = open_page(), rollouts.FAULTY
    assert [(round(start, 1), round(end, 1)) for start, end, _ in read(page, case, "rect.lane")] == [(20, 31)]
    names = page.locator(f"#rollout-{1 + _ORDER.index(case)} .word.lane").all_text_contents()
    assert names == ["abort percent=50"]


def test_events_are_marked_when_they_came(open_page: Open) -> None:
    page, case = open_page(), rollouts.FAULTY
    section = f"#rollout-{1 + _ORDER.index(case)}"
    marks = page.locator(f"{section} text.mark").evaluate_all(
        "all => all.map(one => [+one.dataset.at, one.lastChild.data])"
    )
    zero = Course(case).zero
    wanted = {"trigger": "▲", "act": "◆", "gap": "≠", "flagger": "•"}
    assert [(round(at, 1), sign.strip()) for at, sign in marks] == [
        (round(one.at - zero, 1), wanted[one.kind]) for one in case.timeline.events if one.kind in wanted
    ]
