"""A report as Markdown, as GitHub shows it in the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from canarylab.report import said, text, versions
from canarylab.report.case import Case, Report

_SIGNS = {True: ":white_check_mark:", False: ":x:"}
_FENCE = "~~~~"


def render(report: Report) -> str:
    """A table of all cases, those that do not hold first, and what explains each of these, folded."""
    ordered = sorted(report.cases, key=lambda one: one.holds)
    more = (line for one in ordered if not one.holds for line in _more(one))
    table = ["", *versions.markdown(report.versions).splitlines()] if report.versions else []
    return "\n".join([*_table(report.title, ordered), *table, *more, *_ground(report), *_rights(report), ""])


def _table(title: str, cases: Sequence[Case]) -> Iterator[str]:
    yield from (f"### {cell(title)}", "", "| | rollout | outcome | why |", "|---|---|---|---|")
    for one in cases:
        yield f"| {_SIGNS[one.holds]} | {cell(one.title)} | {one.outcome.value} | {cell(one.reason)} |"


def _more(one: Case) -> Iterator[str]:
    yield from ("", f"<details><summary>{_html(one.title)}</summary>", "")
    yield from (f"- {cell(line)}" for line in one.details)
    if one.wrong:
        yield from ("", "| claim | expected | seen |", "|---|---|---|")
        yield from (f"| {cell(each.claim)} | {cell(each.expected)} | {cell(each.seen)} |" for each in one.wrong)
    elif one.failure:
        yield from ("", *block(one.failure))
    heard = "\n".join(each.theirs for each in said.of(one.timeline)[-said.LAST :])
    yield from ("", "Flagger said last:", "", *block(heard)) if heard else ()
    record = text.table(one.timeline)
    yield from ("", *block(record)) if record else ()
    yield from ("", "Again:", "", *block(one.reproduce)) if one.reproduce else ()
    yield from ("", "</details>")


def block(value: str) -> tuple[str, str, str]:
    """Text that cannot end the block that it stands in."""
    return _FENCE, re.sub("~~~+", "~~", value), _FENCE


def _ground(report: Report) -> Iterator[str]:
    for one in report.grounds:
        yield from ("", "<details><summary>What it ran on</summary>", "")
        yield from (f"- {cell(line)}" for line in one.lines)
        yield from ("", "| images | program | version | SHA-256 |", "|---|---|---|---|") if one.images else ()
        for image in one.images:
            cells = (image.pattern, image.program, image.version, image.sha256[:12])
            yield f"| {' | '.join(map(cell, cells))} |"
        yield from ("", "</details>")


def _rights(report: Report) -> Iterator[str]:
    if report.rights:
        yield from ("", "Further rights would tell more:", "")
        yield from (f"- {cell(str(one))}" for one in report.rights)


def _html(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell(value: str) -> str:
    """Text that means nothing but itself in a table; its lines stay lines."""
    value = _html(value)
    for sign in "\\`*_|[]":
        value = value.replace(sign, f"\\{sign}")
    return "<br>".join(" ".join(line.split()) for line in value.splitlines() if line.strip())
