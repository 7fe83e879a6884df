"""What was expected above what was seen, with the parts marked in which the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from canarylab.model.verdict import Finding
from canarylab.report.html.tree import Child, Element, e

_BETWEEN = " > "  # stands between the stages and the weights of a finding


def differences(findings: tuple[Finding, ...]) -> Element:
    """A claim that does not hold, and the two, for each."""
    told = [each for one in findings for each in _finding(one)]
    return e("dl", *told, class_="differences", aria_label="What was expected, and what was seen")


def _finding(one: Finding) -> Iterator[Element]:
    expected, seen = one.expected.split(_BETWEEN), one.seen.split(_BETWEEN)
    same = SequenceMatcher(None, expected, seen, autojunk=False).get_matching_blocks()
    kept = {block.a + n for block in same for n in range(block.size)}
    found = {block.b + n for block in same for n in range(block.size)}
    yield e("dt", one.claim)
    yield e("dd", e("span", "expected ", class_="side"), *_marked(expected, kept))
    if "\n" in one.seen:  # in columns
        told = e("pre", one.seen.strip("\n"), class_="columns", tabindex=0, role="region", aria_label=one.claim)
        yield e("dd", told)
    else:
        yield e("dd", e("span", "seen ", class_="side"), *_marked(seen, found))


def _marked(parts: list[str], same: set[int]) -> Iterator[Child]:
    """Where all of it differs, nothing is marked."""
    for number, part in enumerate(parts):
        yield from [_BETWEEN] if number else []
        yield e("mark", part) if number not in same and same else part
