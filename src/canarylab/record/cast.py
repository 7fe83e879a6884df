"""An asciicast, version 2: what a terminal showed, as lines of JSON that players and other programs read.

Beside output and markers there are events that only we know: ``c`` a caption, ``x`` time that was cut. Others pass over
them. Times are in milliseconds here, in seconds in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canarylab.errors import UsageError

OUTPUT, MARKER, CAPTION, CUT = "o", "m", "c", "x"
FAILED = "FAILED"  # what the marker of a demo that went wrong begins with
IDLE_LIMIT = 2  # seconds; nothing in a cast of ours is longer, and others' are to be played so


@dataclass(frozen=True)
class Event:
    """``at`` is in milliseconds from the beginning."""

    at: int
    code: str
    data: str


@dataclass(frozen=True)
class Cast:
    """A cast of any program that writes version 2."""

    title: str
    columns: int
    rows: int
    events: Sequence[Event] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def of(self, code: str) -> Iterator[Event]:
        """The events of one kind."""
        return (one for one in self.events if one.code == code)

    @property
    def milliseconds(self) -> int:
        """How long it plays."""
        return self.events[-1].at if self.events else 0

    @property
    def failed(self) -> str:
        """What its demo failed with, if it did."""
        return next((one.data for one in self.of(MARKER) if one.data.startswith(FAILED)), "")


def write(cast: Cast) -> str:
    """The file: a line for the header, and one for each event."""
    header = {
        "version": 2, "width": cast.columns, "height": cast.rows, "title": cast.title, "idle_time_limit": IDLE_LIMIT,
        "env": dict(cast.env),
    }  # fmt: skip
    events = ([one.at / 1000, one.code, one.data] for one in cast.events)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (header, *events))


def read(path: Path) -> Cast:
    """A cast of a file; UsageError for anything else."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the cast cannot be read: {error.strerror}", where=str(path)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"this is no asciicast of version 2: {error}", where=str(path),
            next_step="asciinema 3 writes version 3; `asciinema convert -f asciicast-v2` makes version 2 of it",
        ) from error  # fmt: skip


def parse(text: str) -> Cast:
    """A cast of a file's text; ValueError, KeyError or TypeError for anything else."""
    head, *lines = text.splitlines()
    header: dict[str, Any] = json.loads(head)
    if header["version"] != 2:
        raise ValueError(f"its version is {header['version']}")
    events = tuple(_event(*json.loads(line)) for line in lines if line.strip())
    env = {str(name): str(value) for name, value in (header.get("env") or {}).items()}
    return Cast(str(header.get("title") or ""), int(header["width"]), int(header["height"]), events, env)


def _event(at: float, code: str, data: str) -> Event:
    return Event(round(at * 1000), code, data)
