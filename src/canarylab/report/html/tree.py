"""Elements of a page, built as a tree, so that every text and attribute is escaped when it is written."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from canarylab.report import text

Element = ET.Element
Child = Element | str
_INLINE = frozenset({"a", "b", "code", "span", "td", "th", "dt", "dd", "title", "mark", "abbr", "time"})


def e(tag: str, *children: Child, **attributes: object) -> Element:
    """An element; ``class_`` is written class, ``data_at`` data-at; attributes that are None are left out."""
    made = Element(tag, {_name(name): _text(value) for name, value in attributes.items() if value is not None})
    made.tail = None if tag in _INLINE else "\n"
    return put(made, children)


def put(into: Element, children: Iterable[Child]) -> Element:
    """The element with more children."""
    for child in children:
        if isinstance(child, Element):
            into.append(child)
        elif len(into):
            into[-1].tail = (into[-1].tail or "") + text.printable(child)
        else:
            into.text = (into.text or "") + text.printable(child)
    return into


def write(root: Element) -> str:
    """As HTML."""
    return "<!doctype html>\n" + ET.tostring(root, encoding="unicode", method="html")


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _text(value: object) -> str:
    return text.printable(f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value))
