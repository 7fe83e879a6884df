"""A component is a program described by pure data; the supervisor knows only how to run one.

One builder per program makes these (``clusters/local/controlplane.py``), so that what runs can be read,
compared and tested without starting anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Readiness:
    """How a component says that it is ready: an HTTP(S) URL that answers 200, or a socket that exists.

    ``ca`` and ``token_file`` are paths; with neither ``url`` nor ``socket`` a started process is ready.
    ``bound`` is in seconds from its start, generous by a factor of ten over what two busy cores need.
    """

    url: str = ""
    ca: str = ""
    token_file: str = ""
    socket: str = ""
    bound: float = 60.0


@dataclass(frozen=True)
class Component:
    """A program: its arguments, what it needs ready before it starts, and how one knows that it is ready."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    ready: Readiness = field(default_factory=Readiness)
    fds: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Component:
        return cls(
            name=data["name"],
            argv=tuple(data["argv"]),
            env=data["env"],
            needs=tuple(data["needs"]),
            ready=Readiness(**data["ready"]),
            fds=tuple(data["fds"]),
        )
