"""Two sequences side by side, and the first place where they part, in words."""

from __future__ import annotations

from collections.abc import Sequence

from canarylab.model.verdict import Finding


def same(claim: str, expected: Sequence[object], seen: Sequence[object]) -> Finding:
    """Whether two sequences are equal; the finding tells where they part."""
    wanted, found = list(map(str, expected)), list(map(str, seen))
    parts = parting(wanted, found)
    return Finding(claim, not parts, row(wanted), f"{row(found)}\n        differs:  {parts}" if parts else row(found))


def row(words: Sequence[str]) -> str:
    return " > ".join(words) or "nothing"


def parting(expected: Sequence[str], seen: Sequence[str]) -> str:
    """The first difference; empty if there is none."""
    at = next((n for n, (a, b) in enumerate(zip(expected, seen, strict=False)) if a != b), None)
    if at is None and len(expected) == len(seen):
        return ""
    at = min(len(expected), len(seen)) if at is None else at
    came = seen[at] if at < len(seen) else "nothing more"
    wanted = expected[at] if at < len(expected) else "nothing more"
    after = f"after {seen[at - 1]}" if at else "at first"
    return f"{after} came {came}, not {wanted}"


def in_order(wanted: Sequence[str], seen: Sequence[str]) -> str:
    """The first of the wanted words that does not come after the ones before it; empty if all do."""
    left = list(wanted)
    for text in seen:
        if left and left[0] in text:
            del left[0]
    return left[0] if left else ""
