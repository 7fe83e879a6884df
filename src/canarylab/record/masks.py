"""What viewers must not see, and what differs from run to run: found in a text as it is read, replaced as it is sent.

A terminal's text is full of control sequences, and a secret may come in two pieces or in two colours; so patterns are
looked for in the plain text of everything that came, and the places found are replaced in the whole. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from canarylab.record.script import Mask

HIDDEN = "***"
# Control sequences (ECMA-48), those of the window's title and the like, what readline sends where a line wraps.
CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
    r"| \r(?!\n)|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_UNVOWELLED = "[b-df-hj-np-tv-xz2456789]"  # the letters of Kubernetes' random names
_AGE = r"(?:\d+[dhms]){1,2}"
# What differs from run to run in the output of kubectl and bash.
USUAL = (
    Mask(rf"(?<=-){_UNVOWELLED}{{8,10}}-{_UNVOWELLED}{{5}}\b", "0000000000-00000"),
    Mask(rf"(?<=-){_UNVOWELLED}{{9,10}}(?![\w-])", "0000000000"),
    Mask(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", "2026-01-01T00:00:00Z"),
    Mask(rf"(?<=  ){_AGE}(?=\s|$)|(?<=\(){_AGE}(?= ago\))", "1s"),
    Mask(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "00000000-0000-0000-0000-000000000000"),
    Mask(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b", "10.0.0.0"),
    Mask(r"(?<=localhost:)\d{5}\b", "10000"),
    Mask(r"(?<=^\[\d\] )\d+$", "100"),
)
# Secrets that are known by their form.
FORMS = tuple(
    Mask(pattern, HIDDEN, secret=True)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----",
        r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
        r"\bgh[opsur]_\w{36,}|\bgithub_pat_\w{40,}|\bglpat-[\w-]{20,}",
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"(?i)(?<=bearer )[\w.~+/-]{16,}=*",
        r"(?<=-data: )[A-Za-z0-9+/]{40,}=*",
    )
)
_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|PRIVATE", re.IGNORECASE)
_SHORTEST = 6  # a value that is shorter is no secret that could be told from a word


@dataclass(frozen=True)
class Span:
    """A place in a text, and what is to stand there."""

    start: int
    end: int
    by: str


@dataclass(frozen=True)
class Masked:
    """A text with its spans replaced; ``moved`` finds a place of the old text in the new one."""

    text: str
    spans: Sequence[Span]

    def moved(self, offset: int) -> int:
        shift = 0
        for one in self.spans:
            if offset <= one.start:
                break
            if offset < one.end:
                return one.start + shift
            shift += len(one.by) - (one.end - one.start)
        return offset + shift

    def origin(self, offset: int) -> int:
        """The place in the old text of one in the new one."""
        shift = 0
        for one in self.spans:
            if offset + shift <= one.start:
                break
            shift += (one.end - one.start) - len(one.by)
            if offset + shift <= one.end:
                return one.end
        return offset + shift


def values(secrets: Iterable[str]) -> tuple[Mask, ...]:
    """Masks of secrets that are known by their value."""
    return tuple(Mask(re.escape(one), HIDDEN, secret=True) for one in sorted(set(secrets)) if len(one) >= _SHORTEST)


def of_environment(environment: Mapping[str, str]) -> tuple[Mask, ...]:
    """Masks of the variables whose names say that they are secrets."""
    return values(value for name, value in environment.items() if _SECRET_NAME.search(name))


def apply(text: str, masks: Sequence[Mask]) -> Masked:
    """A text with whatever the masks find in it replaced."""
    spans = list(_spans(text, masks))
    parts, at = [], 0
    for one in spans:
        parts += [text[at : one.start], one.by]
        at = one.end
    return Masked("".join([*parts, text[at:]]), spans)


def plain(text: str) -> str:
    """A text as it is read: without its control sequences."""
    return CONTROL.sub("", text).replace("\r\n", "\n")


def found(text: str, masks: Iterable[Mask]) -> list[str]:
    """The masks' patterns that a text still holds; for those that are secret."""
    read = plain(text)
    return [one.pattern for one in masks if one.secret and re.search(one.pattern, read, re.MULTILINE)]


def _spans(text: str, masks: Sequence[Mask]) -> Iterator[Span]:
    """In order, none over another: of two that meet, the first that begins, else the longer one."""
    read, places = _read(text)
    spans = [
        Span(places[hit.start()], places[hit.end() - 1] + 1, one.by)
        for one in masks
        for hit in re.finditer(one.pattern, read, re.MULTILINE)
        if hit.end() > hit.start()
    ]
    end = 0
    for one in sorted(spans, key=lambda span: (span.start, -span.end)):
        if one.start >= end:
            yield one
            end = one.end


def _read(text: str) -> tuple[str, list[int]]:
    """The plain text, and the place of each of its letters in the text."""
    letters, places, at = list[str](), list[int](), 0
    for control in CONTROL.finditer(text):
        places += range(at, control.start())
        letters.append(text[at : control.start()])
        at = control.end()
    letters.append(text[at:])
    places += range(at, len(text))
    read = "".join(letters)
    kept = [number for number, letter in enumerate(read) if letter != "\r"]
    return "".join(read[number] for number in kept), [places[number] for number in kept]
