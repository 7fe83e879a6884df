"""Objects of YAML files, each with the line of every field, so that what is said of one can point to it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from canarylab.errors import UsageError
from canarylab.kube import manifests

Json = dict[str, Any]


@dataclass(frozen=True)
class Located:
    """An object; ``file`` is its file's name, ``node`` its part of the YAML text, None where that is not known."""

    item: Json
    file: str
    node: Any = None

    def where(self, *path: str | int) -> str:
        """``file:line`` of a field, or of the last of its parents that is there."""
        if self.node is None:
            return self.file
        return f"{self.file}:{_line(self.node, path)}"


def _line(node: Any, path: Sequence[str | int]) -> int:
    line = node.start_mark.line + 1
    for key in path:
        found = _child(node, key)
        if found is None:
            break
        line, node = found
    return int(line)


def _child(node: Any, key: str | int) -> tuple[int, Any] | None:
    """A field's value, and the line on which the field begins."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def read(files: Iterable[str]) -> Iterator[Located]:
    """The objects of files, ``-`` for standard input; UsageError for a file that cannot be read or is no YAML."""
    for file in files:
        name = "standard input" if file == "-" else file
        text = _text(file)
        items = manifests.load(text, name)
        nodes = [one for one in yaml.compose_all(text, yaml.SafeLoader) if one is not None and _is_object(one)]
        for number, item in enumerate(items):
            yield Located(item, name, nodes[number] if len(nodes) == len(items) else None)


def _is_object(node: Any) -> bool:
    return not (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~"))


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"the file cannot be read: {reason}", where=file) from error
