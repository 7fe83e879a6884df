"""What came of a scenario, as data: claims held against the record, and troubles on the way. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from canarylab.errors import CanarylabError
from canarylab.model.verdict import Finding

_SAID = 4  # of Flagger's last words, in a failure's message


class Status(Enum):
    """What a scenario came to; the first three are fine."""

    PASSED = "passed"
    KNOWN = "known upstream"
    NEWS = "news"
    FAILED = "failed"


@dataclass(frozen=True)
class Judged:
    """A claim, where it stands (``file:line``), and what came of it."""

    claim: str
    where: str
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.findings)

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.where}: expected `{self.claim}`", *(str(one) for one in self.findings if not one.holds)]
        )


@dataclass(frozen=True)
class Trouble:
    """A step, or a part of the clean-up, that did not work."""

    section: str
    what: str
    where: str
    error: CanarylabError

    def __str__(self) -> str:
        told = str(self.error).replace("\n", "\n        ")
        return f"{self.where}: {self.section}: `{self.what}` did not work\n        {told}"


@dataclass(frozen=True)
class Result:
    """A scenario's run. ``seconds`` are those of the whole run, ``said`` is what Flagger said since the trigger."""

    title: str
    file: str
    namespace: str
    expected: tuple[Judged, ...]
    observed: tuple[Judged, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    upstream: str = ""
    applies: bool = False
    summary: str = ""
    said: tuple[str, ...] = ()
    seconds: float = 0.0
    dossier: Path | None = None
    again: str = ""

    @property
    def status(self) -> Status:
        """Sound where a misbehaviour is known is news, exactly the known misbehaviour is known, all else fails."""
        if any(one.section != "catch" for one in self.troubles):
            return Status.FAILED
        if all(one.holds for one in self.expected):
            return Status.NEWS if self.applies else Status.PASSED
        known = self.applies and bool(self.observed) and all(one.holds for one in self.observed)
        return Status.KNOWN if known else Status.FAILED

    @property
    def reason(self) -> str:
        """The status in a line."""
        if self.status is Status.KNOWN:
            return f"known upstream: {self.upstream}"
        if self.status is Status.NEWS:
            return f"news: sound, although {self.upstream} is known for this release: is it fixed upstream?"
        return str(self.status.value)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.file}: {self.title}: {self.reason}"
        yield from map(str, self.troubles)
        yield from (str(one) for one in self.expected if not one.holds)
        if self.observed and self.status is Status.FAILED and self.applies:
            yield f"nor is it what is known ({self.upstream}):"
            yield from (str(one) for one in self.observed if not one.holds)
        yield from self._around()

    def _around(self) -> Iterator[str]:
        held = sum(one.holds for one in self.expected)
        yield f"as expected: {held} of {len(self.expected)} claims; {self.summary}"
        yield from (f"Flagger:   {text}" for text in self.said[-_SAID:])
        if self.dossier:
            yield f"dossier:   {self.dossier}"
        if self.again:
            yield f"again:     {self.again}"

    def facts(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "title": self.title, "file": self.file, "namespace": self.namespace, "status": self.status.value,
            "reason": self.reason, "summary": self.summary, "seconds": round(self.seconds, 1),
            "dossier": str(self.dossier or ""), "again": self.again,
            "expected": _facts(self.expected), "observed": _facts(self.observed),
            "troubles": [str(one) for one in self.troubles],
        }  # fmt: skip


def _facts(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    return [
        {
            "claim": one.claim, "where": one.where, "holds": one.holds,
            "findings": [
                {"claim": f.claim, "holds": f.holds, "expected": f.expected, "seen": f.seen} for f in one.findings
            ],
        }
        for one in judged
    ]  # fmt: skip
