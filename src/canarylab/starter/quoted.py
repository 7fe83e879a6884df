"""Texts of the user's as literals of YAML and of Python, written as their formatters would."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9/._-]*")  # begins like no number and no date of YAML 1.1 or 1.2
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def yaml(text: str, *, literal: bool = False) -> str:
    """A scalar; ``literal`` where ``${`` would mean a value of a scenario."""
    if literal:
        text = text.replace("${", "$${")
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not _number(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def python(text: str) -> str:
    """A string in double quotes where that needs no escapes; raw where it has backslashes."""
    prefix = "r" if "\\" in text else ""
    for quote in ('"', "'"):
        if quote not in text and not text.endswith("\\") and text.isprintable():
            return f"{prefix}{quote}{text}{quote}"
    return repr(text)
