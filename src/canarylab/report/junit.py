"""Cases as JUnit XML: a test case for each Canary; a rollout that went wrong is a failure, an unknown one an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from canarylab.report import text
from canarylab.report.case import EXIT, Case

_SUITE = "canarylab verify"
_KINDS = {1: "failure", 3: "error"}
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold


def render(cases: Sequence[Case]) -> str:
    """The document."""
    kinds = [_KINDS.get(EXIT[one.outcome], "") for one in cases]
    counts = {"tests": len(cases), "failures": kinds.count("failure"), "errors": kinds.count("error")}
    told = {name: str(count) for name, count in counts.items()}
    longest = _seconds(max((one.seconds for one in cases), default=0))
    suite = ET.Element("testsuite", {"name": _SUITE, "time": longest, **told})
    for one, kind in zip(cases, kinds, strict=True):
        suite.append(_case(one, kind))
    root = ET.Element("testsuites", told)
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(one: Case, kind: str) -> ET.Element:
    made = ET.Element("testcase", classname=_clean(one.namespace), name=_clean(one.name), time=_seconds(one.seconds))
    told = _clean("\n".join([*one.details, "", text.table(one.timeline)]))
    if kind:
        message = _clean(f"{one.outcome.value}: {one.why}")
        ET.SubElement(made, kind, message=message, type=one.outcome.value).text = f"{message}\n{told}"
    else:
        ET.SubElement(made, "system-out").text = f"{_clean(one.why)}\n{told}"
    return made


def _seconds(value: float) -> str:
    return f"{value:.1f}"


def _clean(value: str) -> str:
    return _FORBIDDEN.sub("?", value)
