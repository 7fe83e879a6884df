"""The page: a summary that leads to each rollout, the rollouts, and what they ran on.

A policy in its head forbids every request and every script, and lets in no other style than its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from canarylab.report import versions
from canarylab.report.case import Case, Report
from canarylab.report.html import tables
from canarylab.report.html.section import anchor, heading, mark, section
from canarylab.report.html.tree import Child, Element, e, write

_STYLE = Path(__file__).with_name("style.css")


def render(report: Report) -> str:
    """The document; the rollouts that went wrong stand first."""
    cases = sorted(report.cases, key=lambda one: one.holds)
    body = [_header(report), *_summary(cases), *_versions(report), _main(cases), *_rights(report), *_ground(report)]
    skip = e("a", "Skip to the rollouts", class_="skip", href="#rollouts")
    return write(e("html", _head(report), e("body", skip, *body), lang="en")) + "\n"


def _head(report: Report) -> Element:
    style = _STYLE.read_text()
    return e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        e("meta", name="color-scheme", content="light dark"),
        e("title", f"{report.title}: {report.summary}"),
        e("link", rel="icon", href="data:,"),
        e("style", style),
    )


def _policy(style: str) -> str:
    """Nothing may be loaded but the page's own style and its (empty) icon."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def _header(report: Report) -> Element:
    facts: list[tuple[str, Child]] = [*_time(report.cases)]
    facts += [("command", e("code", report.command))] if report.command else []
    told = [each for name, value in facts for each in (e("dt", name), e("dd", value))]
    return e("header", e("h1", report.title), e("p", report.summary, class_="lead"), e("dl", *told))


def _time(cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """When the first event of the run was seen."""
    walls = [one.wall for case in cases for one in case.timeline.events]
    if walls:
        began = datetime.fromtimestamp(min(walls), UTC)
        yield "began", f"{began:%Y-%m-%d %H:%M:%S} UTC"
        yield "took", f"{max(walls) - min(walls):.0f} s, from the first event to the last"


def _summary(cases: Sequence[Case]) -> Iterator[Element]:
    if not cases:
        return
    rows = [("" if one.holds else "differs", _cells(one, number)) for number, one in enumerate(cases, start=1)]
    made = tables.table("Rollouts", ("", "rollout", "outcome", "weights", "took", "users failed"), rows)
    found = [made]
    if 0 < sum(one.holds for one in cases) < len(cases):
        box = e("input", type="checkbox", id="only-failed")
        found = [e("label", box, " Show only what went wrong", for_="only-failed"), made]
    yield e("nav", *found, aria_label="Summary")


def _cells(case: Case, number: int) -> tuple[Element | str, ...]:
    weights = " › ".join(map(str, case.timeline.route()))
    answers, failed = sum(one.answers for one in case.users), sum(one.failed for one in case.users)
    users = f"{failed} of {answers}" if answers else "–"
    link = e("a", heading(case), href=f"#{anchor(number)}")
    return (mark(case), link, case.outcome.value, weights or "–", f"{case.seconds:.0f} s", users)


def _versions(report: Report) -> Iterator[Element]:
    if report.versions:
        heads, *found = versions.rows(report.versions)
        rows = [("differs" if "NO" in row else "", tuple(row)) for row in found]
        absent = e("ul", *(e("li", f"not run: {one}") for one in versions.absent(report.versions)))
        yield e("section", e("h2", "Versions"), tables.table("Releases of Kubernetes and Flagger", heads, rows), absent)


def _main(cases: Sequence[Case]) -> Element:
    return e("main", *(section(one, number) for number, one in enumerate(cases, start=1)), id="rollouts", tabindex=-1)


def _rights(report: Report) -> Iterator[Element]:
    if report.rights:
        told = e("ul", *(e("li", str(one)) for one in report.rights))
        yield e("section", e("h2", "Further rights would tell more"), told)


def _ground(report: Report) -> Iterator[Element]:
    for one in report.grounds:
        told = e("ul", *(e("li", line) for line in one.lines))
        images = [tables.images(one)] if one.images else []
        yield e("section", e("h2", "What was real, and what stood in"), told, *images, class_="ground")
