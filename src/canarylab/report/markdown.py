"""Cases as Markdown, as GitHub shows it in the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from canarylab.report import text
from canarylab.report.case import Case, Right

_SIGNS = {True: ":white_check_mark:", False: ":x:"}


def render(cases: Sequence[Case], rights: Sequence[Right] = ()) -> str:
    """A table of all cases; details and record of each that was not promoted, folded."""
    return "\n".join(
        [*_table(cases), *(line for one in cases if not one.holds for line in _more(one)), *_rights(rights), ""]
    )


def _table(cases: Sequence[Case]) -> Iterator[str]:
    yield from ("### canarylab verify", "", "| | canary | outcome | why |", "|---|---|---|---|")
    for one in cases:
        yield f"| {_SIGNS[one.holds]} | {_cell(one.title)} | {one.outcome.value} | {_cell(one.why)} |"


def _more(one: Case) -> Iterator[str]:
    yield from ("", f"<details><summary>{one.title}</summary>", "")
    yield from (f"- {_cell(line)}" for line in one.details)
    fence = "~~~~"
    yield from ("", fence, text.table(one.timeline), fence, "", "</details>")


def _rights(rights: Sequence[Right]) -> Iterator[str]:
    if rights:
        yield from ("", "Further rights would tell more:", "")
        yield from (f"- {_cell(str(one))}" for one in rights)


def _cell(value: str) -> str:
    """Text that means nothing but itself in a table."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_|[]":
        value = value.replace(sign, f"\\{sign}")
    return " ".join(value.split())
