"""A report as JUnit XML: a test case for each rollout; one that failed has its dossier."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from canarylab.report import said, text
from canarylab.report.case import Case, Report

_KINDS = {1: "failure", 3: "error"}


def render(report: Report) -> str:
    """The document."""
    kinds = [_KINDS.get(one.exit, "") for one in report.cases]
    counts = {"tests": len(kinds), "failures": kinds.count("failure"), "errors": kinds.count("error")}
    told = {name: str(count) for name, count in counts.items()}
    longest = _seconds(max((one.seconds for one in report.cases), default=0))
    suite = ET.Element("testsuite", {"name": report.title, "time": longest, **told})
    for one, kind in zip(report.cases, kinds, strict=True):
        suite.append(_case(one, kind))
    root = ET.Element("testsuites", told)
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(one: Case, kind: str) -> ET.Element:
    group, _, name = one.test.rpartition("::") if one.test else (one.namespace, "", one.name)
    named = {"classname": text.printable(group), "name": text.printable(name)}
    made = ET.Element("testcase", named, time=_seconds(one.seconds))
    told = text.printable("\n".join(_explained(one)))
    if kind:
        message = text.printable(f"{one.outcome.value}: {one.reason}")
        ET.SubElement(made, kind, message=message, type=one.outcome.value).text = f"{message}\n{told}"
        if dossier := text.printable("\n".join(_dossier(one))):
            ET.SubElement(made, "system-out").text = dossier
    else:
        ET.SubElement(made, "system-out").text = f"{text.printable(one.reason)}\n{told}"
    return made


def _explained(one: Case) -> Iterator[str]:
    """Details, claims and record."""
    yield from one.details
    yield from map(str, sorted(one.findings, key=lambda finding: finding.holds))
    if one.failure and not one.wrong:
        yield one.failure
    yield from ("", text.table(one.timeline))


def _dossier(one: Case) -> Iterator[str]:
    """What Flagger said last, the values of its queries, and slices of the rest."""
    if heard := said.of(one.timeline)[-said.LAST :]:
        yield from ("== what Flagger said last", *(f"{each.theirs}\n    {each.ours}" for each in heard))
    if one.metrics:
        yield "== the values of its queries"
        yield from (f"{each.metric}: {each.value}\n    {each.query}" for each in one.metrics)
    yield from (f"== {part.name}\n{part.text}" for part in one.parts)
    if one.ground:
        yield from ("== what it ran on", *one.ground.lines)
    if one.reproduce:
        yield f"== again\n{one.reproduce}"


def _seconds(value: float) -> str:
    return f"{value:.1f}"
