"""The suite's report against the list of what is left out: new failures, and what is left out for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).resolve().parent / "left_out.yaml"
_PREFIX = "[k8s.io] "


@dataclass(frozen=True)
class Case:
    """One case of the report: its name, ``passed``, ``failed`` or ``skipped``, and what it complained of."""

    name: str
    state: str
    said: str


@dataclass(frozen=True)
class LeftOut:
    """An entry of the list. ``node`` is the kind of node that it is for; empty for every kind."""

    case: str
    why: str
    node: str = ""
    run: bool = True
    always: bool = True


def read_list(node: str = "") -> list[LeftOut]:
    """The list, or what of it holds on one kind of node."""
    entries = [LeftOut(**entry) for entry in yaml.safe_load(LIST.read_text())["left out"]]
    return [entry for entry in entries if not node or entry.node in ("", node)]


def to_skip(entries: Sequence[LeftOut]) -> str:
    """The regular expression of the cases that are not even tried."""
    return "|".join(re.escape(entry.case) for entry in entries if not entry.run)


def cases(report: Path) -> list[Case]:
    """The cases of a ginkgo report in JSON."""
    (suite,) = json.loads(report.read_text())
    return [_case(spec) for spec in suite["SpecReports"] if spec["LeafNodeType"] == "It"]


def _case(spec: dict[str, Any]) -> Case:
    name = " ".join([*spec["ContainerHierarchyTexts"], spec["LeafNodeText"]]).removeprefix(_PREFIX)
    return Case(name, spec["State"], spec.get("Failure", {}).get("Message", ""))


def fitting(case: Case, entries: Sequence[LeftOut]) -> LeftOut | None:
    return next((entry for entry in entries if entry.case in case.name), None)


def differences(found: Sequence[Case], entries: Sequence[LeftOut]) -> Iterator[str]:
    """One text per case that is not as the list has it, and per entry that fits no case."""
    for case in found:
        entry = fitting(case, entries)
        if entry is None and case.state != "passed":
            yield f"{case.state}: {case.name}\n  {case.said[:600]}"
        elif entry is not None and case.state == "passed":
            yield f"passes, but is left out ({entry.why}): {case.name}"
    used = {fitting(case, entries) for case in found}
    yield from (f"fits no case any more: {entry.case}" for entry in entries if entry.always and entry not in used)


def table(entries: Sequence[LeftOut]) -> str:
    """The list as the docs show it."""
    rows = [f"| {entry.case} | {entry.node or 'every node'} | {entry.why} |" for entry in entries]
    return "\n".join(["| cases | node | why |", "|---|---|---|", *rows]) + "\n"


def counts(found: Sequence[Case], node: str) -> str:
    """The row of the docs' table for one kind of node."""
    passed = sum(case.state == "passed" for case in found)
    return f"| {node} | {len(found)} | {passed} | {len(found) - passed} |"
