"""Plays small demos in a real terminal, without a cluster."""

from __future__ import annotations

from pathlib import Path

from canarylab.record import parse, session
from canarylab.record.cast import Cast
from canarylab.record.script import Script
from canarylab.record.session import Recorded


def script(*lines: str, name: str = "a.demo") -> Script:
    return parse.parse("\n".join(lines), name)


def played(*lines: str) -> Recorded:
    return session.record(script(*lines), Path.cwd(), None, {})


def cast(*lines: str) -> Cast:
    """The cast of a demo that has to go well."""
    done = played(*lines)
    assert done.failure is None, done.failure
    return done.composed.cast


def failure(*lines: str) -> str:
    """What a demo that has to go wrong went wrong with, and where."""
    done = played(*lines)
    assert done.failure is not None
    assert done.composed.cast.failed
    return f"{done.failure.where} {done.failure.what}"


def shown(made: Cast) -> str:
    """All output, joined."""
    return "".join(one.data for one in made.of("o"))
